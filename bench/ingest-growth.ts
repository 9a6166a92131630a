import { rmSync } from 'node:fs';
import { inAll, STREAM_MAX_RECORDS, tell } from './ingest-steps.js';
import { openMarket, type Market } from './market.js';
import type { Options } from './options.js';
import { peakMemory_mib, resetPeakMemory, startService } from './processes.js';
import { writeRecords, type RecordFiles, type RecordSet } from './records.js';
import type { Run } from './run.js';
import type { Timed } from './timing.js';
import { openYardstick, type ServerSettings, type Yardstick } from './yardstick.js';

const SIZES = [100_000, 1_000_000, 10_000_000];

/** One size: an agreement with this many records in its month, and a table with as many beside it. */
export interface GrowthResult {
  records: number;
  yardstick: Timed;
  first: Timed;
  /** Of the first part, at most a million records, once all are there. */
  replay: Timed;
  memory_mib: number;
}

export interface GrowthResults {
  settings: ServerSettings;
  sizes: GrowthResult[];
}

/** Whether speed and memory hold as a month grows. */
export async function measureGrowth(run: Run, options: Options): Promise<GrowthResults> {
  const folder = run.folder();
  const service = await startService(run, options.service);
  const yardstick = await openYardstick(run, service.databaseUrl);
  const market = await openMarket(run, service);
  const sizes: GrowthResult[] = [];
  for (const records of SIZES) {
    tell(`${records} records`);
    resetPeakMemory(service.pid);
    const set: RecordSet = { seed: options.seed, total: records, reporter: 'alpha' };
    const measured = await measureSize(set, folder, yardstick, market);
    sizes.push({ records, ...measured, memory_mib: peakMemory_mib(service.pid) });
  }
  return { settings: await yardstick.settings(), sizes };
}

/** Part by part, each file gone before the next is written: the disk holds the tables, not the input too. */
async function measureSize(
  set: RecordSet,
  folder: string,
  yardstick: Yardstick,
  market: Market,
): Promise<Omit<GrowthResult, 'records' | 'memory_mib'>> {
  await yardstick.empty();
  const agreement = await market.agreement();
  const copied: Timed[] = [];
  const loaded: Timed[] = [];
  const part = (from: number): Promise<RecordFiles> =>
    writeRecords(set, folder, [from, Math.min(from + STREAM_MAX_RECORDS, set.total)]);
  for (let from = 0; from < set.total; from += STREAM_MAX_RECORDS) {
    const files = await part(from);
    await yardstick.checkpoint();
    copied.push(await yardstick.copy(files));
    await yardstick.checkpoint();
    loaded.push(await market.load(agreement, [files], 'created'));
    remove(files);
    const [last, first] = [copied, loaded].map((each) => Math.round(each.at(-1)!.rowsPerSecond));
    tell(`from ${from}: yardstick ${last} rows/s, first load ${first} rows/s`);
  }
  const again = await part(0);
  await yardstick.checkpoint();
  const replay = await market.load(agreement, [again], 'duplicate');
  remove(again);
  return { yardstick: inAll(copied), first: inAll(loaded), replay: inAll([replay]) };
}

function remove({ ndjson, copy }: RecordFiles): void {
  rmSync(ndjson);
  rmSync(copy);
}
