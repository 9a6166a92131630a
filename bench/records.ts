import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';

/** The month that all records lie in: over, with its cut-off, on any clock. */
export const PERIOD = '2025-03';
export const CUSTOMERS = 2_000;
export const SOURCE_REGIONS = ['eu-central-1', 'eu-west-3', 'us-east-1', 'us-west-2', 'ap-southeast-1'];
export const DESTINATION_REGIONS = ['frankfurt-a', 'amsterdam-b', 'ashburn-a', 'singapore-c'];

const MONTH_START_MS = Date.parse(`${PERIOD}-01T00:00:00Z`);
const HOURS = 31 * 24;
const HOUR_MS = 3_600_000;
const LINES_A_WRITE = 1_000;

/** A seeded set of records; any part of it can be made again without what lies before. */
export interface RecordSet {
  seed: number;
  total: number;
  /** The reporting provider, which the service knows from the key and the yardstick stores as text. */
  reporter: string;
}

/** Part of a set on disk: as the service reads it, and as PostgreSQL's COPY does. */
export interface RecordFiles {
  count: number;
  ndjson: string;
  ndjson_bytes: number;
  copy: string;
}

interface BenchRecord {
  id: string;
  start: string;
  end: string;
  bytes: string;
  sourceRegion: string;
  destinationRegion: string;
  customer: string;
}

const HOUR_TEXTS = Array.from({ length: HOURS + 1 }, (_, hour) =>
  new Date(MONTH_START_MS + hour * HOUR_MS).toISOString().replace('.000', ''),
);

/** Writes records [from, to) of the set, a thousand at a time, so that memory does not grow with them. */
export async function writeRecords(
  set: RecordSet,
  folder: string,
  [from, to]: readonly [number, number],
): Promise<RecordFiles> {
  const name = `records-${set.total}-${from}`;
  const files = { ndjson: join(folder, `${name}.ndjson`), copy: join(folder, `${name}.copy`) };
  const ndjson = createWriteStream(files.ndjson, { mode: 0o644 });
  const copy = createWriteStream(files.copy, { mode: 0o644 });
  for (let start = from; start < to; start += LINES_A_WRITE) {
    let [jsonText, copyText] = ['', ''];
    for (let index = start; index < Math.min(start + LINES_A_WRITE, to); index += 1) {
      const record = recordAt(set, index);
      jsonText += jsonLine(record);
      copyText += copyLine(record, set.reporter);
    }
    await Promise.all([write(ndjson, jsonText), write(copy, copyText)]);
  }
  for (const stream of [ndjson, copy]) {
    stream.end();
    await once(stream, 'close');
  }
  return { ...files, count: to - from, ndjson_bytes: ndjson.bytesWritten };
}

/** Resolves once there is room for more. */
async function write(stream: WriteStream, text: string): Promise<void> {
  if (!stream.write(text)) await once(stream, 'drain');
}

/** In order of time, as meters report; ids are random, as they are where many meters make them. */
function recordAt({ seed, total }: RecordSet, index: number): BenchRecord {
  const hour = Math.floor((index * HOURS) / total);
  const words = [1, 2, 3, 4].map((salt) => hex8(mix(seed, index, salt)));
  return {
    id: `rec-${words[0]!}-${words[1]!.slice(0, 4)}-${words[1]!.slice(4)}-${words[2]!.slice(0, 4)}-${words[2]!.slice(4)}${words[3]!}`,
    start: HOUR_TEXTS[hour]!,
    end: HOUR_TEXTS[hour + 1]!,
    bytes: String(1_000_000_000 + mix(seed, index, 5)),
    sourceRegion: SOURCE_REGIONS[index % SOURCE_REGIONS.length]!,
    destinationRegion: DESTINATION_REGIONS[index % DESTINATION_REGIONS.length]!,
    customer: `customer-${String(mix(seed, index, 6) % CUSTOMERS).padStart(12, '0')}`,
  };
}

function jsonLine(record: BenchRecord): string {
  return (
    `{"id":"${record.id}","direction":"egress","start":"${record.start}","end":"${record.end}",` +
    `"bytes":"${record.bytes}","sourceRegion":"${record.sourceRegion}",` +
    `"destinationRegion":"${record.destinationRegion}","service":"object-storage-standard",` +
    `"customer":"${record.customer}"}\n`
  );
}

/** Nothing in it needs escaping. Columns as in the yardstick's table. */
function copyLine(record: BenchRecord, reporter: string): string {
  return (
    `${reporter}\t${record.id}\tegress\t${record.start}\t${record.end}\t${record.bytes}\t` +
    `${record.sourceRegion}\t${record.destinationRegion}\tobject-storage-standard\t${record.customer}\n`
  );
}

/** Thirty-two mixed bits (the finisher of MurmurHash3) of a seed, a position and a purpose. */
function mix(seed: number, index: number, salt: number): number {
  let bits = Math.imul(seed ^ Math.imul(index, 0x9e3779b1) ^ Math.imul(salt, 0x85ebca77), 1);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

function hex8(value: number): string {
  return value.toString(16).padStart(8, '0');
}
