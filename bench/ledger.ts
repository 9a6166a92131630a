/**
 * How many transfers a second the ledger posts, next to pgledger on the same server in the same run.
 * README.md says what each figure means.
 */
import { readFileSync } from 'node:fs';
import { startEmbeddedPostgres } from '../src/platform/embedded/index.js';
import { openPeerledger, openPgledger, type Books } from './ledger-books.js';
import { readLedgerOptions, type LedgerOptions } from './ledger-options.js';
import { ledgerReport, publishLedger, type Case, type Measured } from './ledger-report.js';
import { runBenchmark, type Run } from './run.js';
import { createDatabase, databaseUrl, readSettings } from './yardstick.js';

const DEADLINE_S = 30 * 60;

const options = readLedgerOptions(process.argv.slice(2));

process.exitCode = await runBenchmark(DEADLINE_S, async (run) => {
  const server = await startEmbeddedPostgres({ dataDir: run.folder(), signal: run.signal });
  run.undo(() => server.stop());
  const admin = await createDatabase(run, server.url, 'peerledger');
  const all: Books[] = [
    await openPeerledger(run, databaseUrl(server.url, 'peerledger'), options.connections),
  ];
  if (options.pgledger.length > 0) {
    const sql = options.pgledger.map((file) => readFileSync(file, 'utf8'));
    await createDatabase(run, server.url, 'pgledger');
    all.push(await openPgledger(run, databaseUrl(server.url, 'pgledger'), sql, options.connections));
  }
  const measured = await measure(run, all, () => admin.query('CHECKPOINT'));
  const report = ledgerReport(options, measured, await readSettings(admin));
  publishLedger(report, options.out);
  return options.check && report.targets.some(({ met }) => !met) ? 1 : 0;
});
// What is left are connections to processes that are gone.
process.exit();

/** Every case in every round, the peers in turn, so that a slow minute of the machine hits both. */
async function measure(run: Run, all: readonly Books[], settle: () => Promise<unknown>): Promise<Measured[]> {
  const measured: Measured[] = [];
  const posted = new Map(all.map(({ name }) => [name, 0]));
  for (let round = 0; round < options.rounds; round += 1) {
    for (const each of casesOf(options)) {
      for (const books of all) {
        await settle();
        const { transfers, seconds } = await runCase(run, books, each);
        posted.set(books.name, posted.get(books.name)! + transfers);
        measured.push({ ...each, books: books.name, round, transfersPerSecond: transfers / seconds });
      }
    }
  }
  for (const books of all) await books.check(posted.get(books.name)!);
  return measured;
}

function casesOf({ connections }: LedgerOptions): Case[] {
  return [1, 100].flatMap((transfers) =>
    [1, connections].flatMap((connectionCount) =>
      (['hot', 'spread'] as const).map((accounts) => ({ transfers, connections: connectionCount, accounts })),
    ),
  );
}

async function runCase(
  run: Run,
  books: Books,
  { transfers, connections, accounts }: Case,
): Promise<{ transfers: number; seconds: number }> {
  const start = performance.now();
  const end = start + options.seconds * 1000;
  let done = 0;
  const poster = async (): Promise<void> => {
    while (performance.now() < end) {
      run.signal.throwIfAborted();
      await books.post(transfers, accounts);
      done += transfers;
    }
  };
  await Promise.all(Array.from({ length: connections }, poster));
  return { transfers: done, seconds: (performance.now() - start) / 1000 };
}
