import { startHandWritten } from './hand-written-peer.js';
import { openMarket, type Market } from './market.js';
import type { Options } from './options.js';
import { peakMemory_mib, resetPeakMemory, startService, type ServiceUnderTest } from './processes.js';
import { latencyOf, sampleReads, type Latency, type ReadName, type ReadTimes } from './read-latency.js';
import { writeRecords, type RecordFiles, type RecordSet } from './records.js';
import type { Run } from './run.js';
import { timed, type Timed } from './timing.js';
import { openYardstick, type ServerSettings, type Yardstick } from './yardstick.js';

/** A stream may have as many by default; more records go in several requests. */
export const STREAM_MAX_RECORDS = 1_000_000;
const IDLE_READS_MS = 8_000;
const BUSY_READS_MIN_MS = 8_000;
const BUSY_LOADS_MAX = 5;

/** The steps that give rows in a time, each measured once a round but for the hand-written service. */
export type StepName =
  'yardstick' | 'first' | 'replay' | 'twoConnections' | 'duringReads' | 'handWritten' | 'handWrittenFour';

export interface IngestResults {
  settings: ServerSettings;
  record_bytes: number;
  steps: Record<StepName, Timed[]>;
  idle: Record<ReadName, Latency>;
  busy: Record<ReadName, Latency>;
  /** Peaks of the service's process: idle after its start, and while loading by step. */
  memory_mib: Record<'start' | 'first' | 'replay' | 'twoConnections' | 'duringReads', number>;
}

/** What every step needs. */
interface Bench {
  run: Run;
  options: Options;
  service: ServiceUnderTest;
  yardstick: Yardstick;
  market: Market;
  files: RecordFiles[];
  results: IngestResults;
}

export async function measureIngest(run: Run, options: Options): Promise<IngestResults> {
  const set: RecordSet = { seed: options.seed, total: options.records, reporter: 'alpha' };
  const folder = run.folder();
  tell(`writing ${options.records} records`);
  const files: RecordFiles[] = [];
  for (let from = 0; from < set.total; from += STREAM_MAX_RECORDS) {
    files.push(await writeRecords(set, folder, [from, Math.min(from + STREAM_MAX_RECORDS, set.total)]));
  }
  const service = await startService(run, options.service);
  const yardstick = await openYardstick(run, service.databaseUrl);
  const bytes = files.reduce((sum, { ndjson_bytes }) => sum + ndjson_bytes, 0);
  const results: IngestResults = {
    settings: await yardstick.settings(),
    record_bytes: Math.round(bytes / set.total),
    steps: noSteps(),
    idle: { balances: NO_READS, statement: NO_READS },
    busy: { balances: NO_READS, statement: NO_READS },
    memory_mib: { start: 0, first: 0, replay: 0, twoConnections: 0, duringReads: 0 },
  };
  const bench: Bench = {
    ...{ run, options, service, yardstick, files, results },
    market: await openMarket(run, service),
  };
  results.memory_mib.start = peakMemory_mib(service.pid);
  for (let round = 1; round <= options.rounds; round += 1) {
    tell(`round ${round} of ${options.rounds}`);
    await measureRound(bench);
  }
  await measureReads(bench);
  await measureHandWritten(bench, set);
  return results;
}

/** One after the other and not each apart, so that what drifts on the machine drifts for all. */
async function measureRound(bench: Bench): Promise<void> {
  const { market, files } = bench;
  await measureYardstick(bench);
  const agreement = await market.agreement();
  await measureLoad(bench, 'first', () => market.load(agreement, files, 'created'));
  await measureLoad(bench, 'replay', () => market.load(agreement, files, 'duplicate'));
  const pair = [await market.agreement(), await market.agreement()];
  await measureLoad(bench, 'twoConnections', () =>
    timed(2 * bench.options.records, () =>
      Promise.all(pair.map((each) => market.load(each, files, 'created'))),
    ),
  );
}

async function measureYardstick({ yardstick, files, results }: Bench): Promise<void> {
  await yardstick.empty();
  await yardstick.checkpoint();
  const parts: Timed[] = [];
  for (const each of files) parts.push(await yardstick.copy(each));
  record(results, 'yardstick', inAll(parts));
}

async function measureLoad(
  { service, yardstick, results }: Bench,
  name: 'first' | 'replay' | 'twoConnections' | 'duringReads',
  load: () => Promise<Timed>,
): Promise<void> {
  await yardstick.checkpoint();
  resetPeakMemory(service.pid);
  record(results, name, await load());
  results.memory_mib[name] = Math.max(results.memory_mib[name], peakMemory_mib(service.pid));
}

/** The same reads of the same rows, first of an idle service and then while one connection loads. */
async function measureReads(bench: Bench): Promise<void> {
  const { market, files, results, yardstick } = bench;
  await yardstick.checkpoint();
  const warmUp: ReadTimes = { balances: [], statement: [] };
  await sampleReads(market, warmUp, () => warmUp.statement.length >= 50);
  const idle: ReadTimes = { balances: [], statement: [] };
  const idleEnd = performance.now() + IDLE_READS_MS;
  await sampleReads(market, idle, () => performance.now() > idleEnd);
  results.idle = { balances: latencyOf(idle.balances), statement: latencyOf(idle.statement) };

  const busy: ReadTimes = { balances: [], statement: [] };
  const busyEnd = performance.now() + BUSY_READS_MIN_MS;
  for (let load = 0; load < BUSY_LOADS_MAX && performance.now() < busyEnd; load += 1) {
    const agreement = await market.agreement();
    await measureLoad(bench, 'duringReads', async () => {
      let isOver = false;
      const reading = sampleReads(market, busy, () => isOver);
      try {
        return await market.load(agreement, files, 'created');
      } finally {
        isOver = true;
        await reading;
      }
    });
  }
  results.busy = { balances: latencyOf(busy.balances), statement: latencyOf(busy.statement) };
}

/** Over one connection, as the service is measured, and over four, as a team would tune it. */
async function measureHandWritten(
  { run, options, service, files, results, yardstick }: Bench,
  set: RecordSet,
) {
  const peer = await startHandWritten(run, service.databaseUrl, set, files[0]!);
  await peer.load(Math.min(5_000, options.handWrittenRecords), 1);
  for (const [name, connections] of [
    ['handWritten', 1],
    ['handWrittenFour', 4],
  ] as const) {
    for (let round = 0; round < options.rounds; round += 1) {
      await yardstick.checkpoint();
      record(results, name, await peer.load(options.handWrittenRecords, connections));
    }
  }
}

function record(results: IngestResults, name: StepName, measured: Timed): void {
  const { rows, seconds, rowsPerSecond } = measured;
  results.steps[name].push({ rows, seconds, rowsPerSecond });
  tell(`${name}: ${Math.round(rowsPerSecond)} rows/s (${rows} in ${seconds.toFixed(1)} s)`);
}

/** Progress goes to the terminal beside the result. */
export function tell(text: string): void {
  process.stderr.write(`  ${text}\n`);
}

export function inAll(parts: readonly Timed[]): Timed {
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const seconds = parts.reduce((sum, part) => sum + part.seconds, 0);
  return { rows, seconds, rowsPerSecond: rows / seconds };
}

const NO_READS: Latency = { reads: 0, p50_ms: 0, p99_ms: 0 };

function noSteps(): IngestResults['steps'] {
  return {
    yardstick: [],
    first: [],
    replay: [],
    twoConnections: [],
    duringReads: [],
    handWritten: [],
    handWrittenFour: [],
  };
}
