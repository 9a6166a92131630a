import type { Config } from '../platform/config/index.js';
import { startService, type Service } from '../service.js';
import { DemoKeys } from './demo-keys.js';
import { changeFolder, curlCommands } from './downloads.js';
import { foundingStory } from './founding-story.js';
import type { Peering } from './peering.js';
import { Progress } from './progress.js';
import { readSample, realBill } from './real-bill.js';
import { reportOutcome, reportSource } from './report.js';
import { setUp, type Connection } from './set-up.js';
import { demoConfig, laterUrl } from './settings.js';
import { settle, type Outcome } from './settle.js';
import { heading, paragraph } from './table.js';

const USAGE = 'Usage: npm run demo [-- --exit]\n  --exit  end after the figures instead of going on serving';
const INTERRUPTED = 130;

const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const sayAll = (lines: readonly string[]): boolean => say(lines.join('\n'));
const complain = (line: string): boolean => process.stderr.write(`${line}\n`);

/** Runs the demo, and gives the exit code. */
async function main(args: readonly string[]): Promise<number> {
  if (args.some((arg) => arg !== '--exit')) {
    complain(USAGE);
    return 1;
  }
  const interrupt = onInterrupt();
  const progress = new Progress(say);
  let service: Service | null = null;
  try {
    const config = demoConfig(args.includes('--exit'));
    const keys = DemoKeys.open(config.DATA_DIR, config.OPERATOR_API_KEY);
    sayAll(heading('peerledger: two settlements through its public HTTP API', '='));
    service = await start({ ...config, OPERATOR_API_KEY: keys.operator }, interrupt.signal);
    keys.save();
    const broken = new Promise<string>((resolve) => service!.onBroken(resolve));
    const connection = { url: service.url!, keys, signal: interrupt.signal };
    await Promise.race([
      settleBoth(connection, progress, args.includes('--exit') ? laterUrl(config) : null),
      broken.then(fail),
    ]);
    if (args.includes('--exit')) return 0;
    say('\nServing until Ctrl-C.');
    await Promise.race([broken.then(fail), interrupt.happened]);
    return 0;
  } catch (error) {
    progress.stop();
    if (interrupt.signal.aborted) return INTERRUPTED;
    complain(explain(error));
    return 1;
  } finally {
    await stop(service);
  }
}

async function start(config: Config, signal: AbortSignal): Promise<Service> {
  say(`  Starting the service; its data is ${placeOf(config)}.`);
  const service = await startService(config, { api: true, worker: true }, signal);
  say(`  It listens on ${service.url}.`);
  return service;
}

async function settleBoth(connection: Connection, progress: Progress, later: string | null): Promise<void> {
  const founding = foundingStory();
  sayAll([
    ...heading('1. The founding story', '-'),
    ...paragraph(
      'Every night four customers back up their databases from northcloud to southcloud, 10^13 bytes in the ' +
        'month. That used to cost them 0.22 USD a GB on the way out and 0.15 on the way in. The clouds now ' +
        'peer and zero-rate it: each gives its own customers back what it charged them.',
    ),
    '',
  ]);
  const first = await settleOne(connection, founding, progress);
  const bill = realBill(readSample());
  sayAll([
    ...heading('2. A real bill', '-'),
    ...paragraph(
      'The FOCUS 1.0 sample, September 2024 (CC BY 4.0, src/demo/focus-sample). Its rows are the reports of ' +
        'sunbird-cloud, an invented name for the providers in the bill; harbor-cloud is the invented other side.',
    ),
    '',
    ...reportSource(bill),
  ]);
  const second = await settleOne(connection, bill.peering, progress);
  sayAll(
    downloads(connection, later, [
      [founding, first],
      [bill.peering, second],
    ]),
  );
}

async function settleOne(connection: Connection, peering: Peering, progress: Progress): Promise<Outcome> {
  const outcome = await settle(await setUp(connection, peering), peering, progress);
  sayAll(reportOutcome(outcome));
  return outcome;
}

function downloads(
  { url, keys }: Connection,
  later: string | null,
  settled: readonly (readonly [Peering, Outcome])[],
): string[] {
  return [
    ...heading('Downloads', '-'),
    ...paragraph(
      later === null
        ? 'Each of these can be pasted into another terminal while the demo serves; the API is described ' +
            `on ${url}/docs.`
        : 'The service ends now. `npm run demo` in the same environment serves the same again, and then each of these ' +
            'can be pasted into another terminal.',
    ),
    '',
    changeFolder(),
    ...settled.flatMap(([peering, outcome]) => [
      '',
      ...curlCommands(later ?? url, (cloud) => keys.headerFile(cloud), peering, outcome),
    ]),
  ];
}

/** Ends what is in flight; whoever waits longer than the configured time is left behind. */
async function stop(service: Service | null): Promise<void> {
  if (!service) return;
  const giveUp = setTimeout(() => {
    complain('Not everything ended in time; leaving now.');
    process.exit(1);
  }, 25_000);
  await service.stop();
  clearTimeout(giveUp);
}

function onInterrupt(): { signal: AbortSignal; happened: Promise<void> } {
  const controller = new AbortController();
  const happened = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        // A second signal means that whoever waits has lost patience.
        if (controller.signal.aborted) process.exit(INTERRUPTED);
        controller.abort();
        resolve();
      });
    }
  });
  return { signal: controller.signal, happened };
}

function placeOf({ DATABASE_URL, DATA_DIR }: Config): string {
  return DATABASE_URL ? 'in the database of DATABASE_URL' : `in ${DATA_DIR} (the first start takes longest)`;
}

function fail(reason: string): never {
  throw new DemoError(reason);
}

class DemoError extends Error {}

/** A sentence where somebody foresaw the failure, else its stack. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.constructor === Error || error instanceof TypeError ? String(error.stack) : error.message;
}

process.exit(await main(process.argv.slice(2)));
