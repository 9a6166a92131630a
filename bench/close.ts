/**
 * How long closing a month takes, next to grouping its records once on the same server in the same run.
 * README.md says what each figure means.
 */
import type pg from 'pg';
import { startEmbeddedPostgres } from '../src/platform/embedded/index.js';
import { readCloseOptions, type CloseOptions } from './close-options.js';
import { groupRecords, writeMonth, type Grouped, type Reporters } from './close-records.js';
import { closeReport, publishClose, type ClosedMonth } from './close-report.js';
import { openClosingService, type ClosingService, type Issued } from './close-service.js';
import { runBenchmark } from './run.js';
import { median } from './timing.js';
import { createDatabase, databaseUrl, readSettings } from './yardstick.js';

const DEADLINE_S = 60 * 60;

const options = readCloseOptions(process.argv.slice(2));

process.exitCode = await runBenchmark(DEADLINE_S, async (run) => {
  const server = await startEmbeddedPostgres({ dataDir: run.folder(), signal: run.signal });
  run.undo(() => server.stop());
  const client = await createDatabase(run, server.url, 'peerledger');
  const service = await openClosingService(run, databaseUrl(server.url, 'peerledger'));
  const months: ClosedMonth[] = [];
  for (const records of options.sizes) {
    run.signal.throwIfAborted();
    const of = await service.agreement(options.bucket);
    await writeMonth(client, of, records, options.seed);
    await service.accept(of);
    await client.query('VACUUM ANALYZE traffic_records, usage_buckets, usage_customers');
    months.push(await measure(client, service, of, records, options));
  }
  const report = closeReport(options, months, await readSettings(client));
  publishClose(report, options.out);
  return options.check && report.targets.some(({ met }) => !met) ? 1 : 0;
});
// What is left are connections to processes that are gone.
process.exit();

/** Groups and closes in turn, so that a slow minute of the machine hits both; between rounds the close is undone. */
async function measure(
  client: pg.Client,
  service: ClosingService,
  of: Reporters,
  records: number,
  { rounds, bucket, verify }: CloseOptions,
): Promise<ClosedMonth> {
  const [groupings, closings]: [number[], number[]] = [[], []];
  let verify_s: number | null = null;
  let last: { grouped: Grouped; document: Issued } | null = null;
  for (let round = 0; round < rounds; round += 1) {
    await client.query('CHECKPOINT');
    const grouped = await groupRecords(client, of.agreementId, bucket);
    groupings.push(grouped.seconds);
    await client.query('CHECKPOINT');
    const start = performance.now();
    const { id, document } = await service.close(of);
    closings.push((performance.now() - start) / 1000);
    refuseOtherTotals(grouped, document, of);
    last = { grouped, document };
    if (round < rounds - 1) await service.makeVoid(id);
    else if (verify) verify_s = await timeVerification(service, id);
  }
  return {
    records,
    groups: last!.grouped.groups,
    buckets: Object.values(last!.document.counts.buckets).reduce((sum, count) => sum + count, 0),
    groupBy_s: median(groupings),
    close_s: median(closings),
    verify_s,
  };
}

async function timeVerification(service: ClosingService, id: string): Promise<number> {
  const start = performance.now();
  if (!(await service.verify(id))) throw new Error('The statement is not what its records come to.');
  return (performance.now() - start) / 1000;
}

/** A close that is fast and wrong is no close. */
function refuseOtherTotals({ totals }: Grouped, { declaredBytes }: Issued, { a, b }: Reporters): void {
  const stated = new Map([
    [`${a} egress`, declaredBytes.aToB.sender],
    [`${b} ingress`, declaredBytes.aToB.receiver],
    [`${b} egress`, declaredBytes.bToA.sender],
    [`${a} ingress`, declaredBytes.bToA.receiver],
  ]);
  for (const [key, bytes] of stated) {
    if (BigInt(bytes) !== totals.get(key))
      throw new Error(`${key}: ${bytes} stated, ${totals.get(key)} grouped`);
  }
}
