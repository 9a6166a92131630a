import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { parseJson } from '../../platform/json/index.js';
import { Problem } from '../../platform/problems/index.js';
import type { SubmittedRecord } from '../batch-intake.js';
import type { BatchSource } from '../ingest.service.js';
import { trafficProblems } from '../traffic.errors.js';

/** Records are taken this many at a time: few enough to keep memory and the event loop free. */
const CHUNK_RECORDS = 1_000;
/** A stream that sends nothing for this long is given up, and with it its database connection. */
const STALL_MS = 30_000;
const NEWLINE = 0x0a;

export interface StreamLimits {
  records: number;
  record_bytes: number;
  timeout_ms: number;
}

/** The records of a JSON body `{"records": [...]}` that was read and parsed already. */
export function jsonSource(rawBody: Buffer, body: unknown, recordsMax: number): BatchSource {
  const records = recordsOf(body);
  if (records.length > recordsMax) {
    throw trafficProblems.too_many_records(
      `A JSON batch has at most ${recordsMax} records; send several, or stream application/x-ndjson.`,
    );
  }
  const sha256 = createHash('sha256').update(rawBody).digest('hex');
  return { chunks: chunksOf(records), sha256: () => sha256 };
}

/** The records of a stream with one JSON object a line (NDJSON); empty lines are passed over. */
export function ndjsonSource(body: Readable, limits: StreamLimits): BatchSource {
  const hash = createHash('sha256');
  let digest = '';
  async function* chunks(): AsyncGenerator<SubmittedRecord[]> {
    let chunk: SubmittedRecord[] = [];
    let index = 0;
    let line = 0;
    for await (const text of linesOf(body, hash, limits)) {
      line += 1;
      if (isBlank(text)) continue;
      if (index === limits.records) {
        throw trafficProblems.too_many_records(
          `A stream has at most ${limits.records} records; send several.`,
        );
      }
      chunk.push(parseLine(text, index, line));
      index += 1;
      if (chunk.length === CHUNK_RECORDS) {
        yield chunk;
        chunk = [];
      }
    }
    digest = hash.digest('hex');
    if (index === 0) throw emptyBatch();
    if (chunk.length > 0) yield chunk;
  }
  return { chunks: chunks(), sha256: () => digest };
}

function recordsOf(body: unknown): unknown[] {
  const members = typeof body === 'object' && body !== null ? Object.keys(body) : [];
  const records = (body as { records?: unknown } | undefined)?.records;
  if (members.length !== 1 || !Array.isArray(records)) {
    throw trafficProblems.invalid_batch('The body must be {"records": [...]}, and nothing else.', {
      errors: [{ pointer: '/records', code: 'invalid_batch', detail: 'send an array of traffic records' }],
    });
  }
  if (records.length === 0) throw emptyBatch();
  return records;
}

function emptyBatch(): Error {
  return trafficProblems.invalid_batch(
    'A batch has at least one record; who had no traffic says so with a record of "0" bytes.',
  );
}

// eslint-disable-next-line @typescript-eslint/require-await -- sources are read alike, in memory or not
async function* chunksOf(records: readonly unknown[]): AsyncGenerator<SubmittedRecord[]> {
  for (let from = 0; from < records.length; from += CHUNK_RECORDS) {
    yield records
      .slice(from, from + CHUNK_RECORDS)
      .map((value, at) => ({ index: from + at, pointer: `/records/${from + at}`, value }));
  }
}

function parseLine(text: Buffer, index: number, line: number): SubmittedRecord {
  try {
    return { index, line, pointer: '', value: parseJson(text) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { index, line, pointer: '', value: undefined, malformed: error.detail };
  }
}

/** Lines without their ends, while hashing all that passes. */
async function* linesOf(
  body: Readable,
  hash: ReturnType<typeof createHash>,
  limits: StreamLimits,
): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const part of withDeadline(body, limits.timeout_ms)) {
    hash.update(part);
    let from = 0;
    for (let end = part.indexOf(NEWLINE); end >= 0; end = part.indexOf(NEWLINE, from)) {
      const line = part.subarray(from, end);
      if (rest.length + line.length > limits.record_bytes) throw recordTooLarge(limits.record_bytes);
      yield rest.length > 0 ? Buffer.concat([rest, line]) : line;
      rest = Buffer.alloc(0);
      from = end + 1;
    }
    rest = Buffer.concat([rest, part.subarray(from)]);
    if (rest.length > limits.record_bytes) throw recordTooLarge(limits.record_bytes);
  }
  if (rest.length > 0) yield rest;
}

/** The body's parts, given up when none comes for a while or all of it takes too long. */
async function* withDeadline(body: Readable, timeout_ms: number): AsyncGenerator<Buffer> {
  const giveUp = (): void => {
    body.destroy(
      trafficProblems.batch_stalled('The batch arrived too slowly; nothing is stored, send it again.'),
    );
  };
  const deadline = setTimeout(giveUp, timeout_ms);
  let stall = setTimeout(giveUp, STALL_MS);
  try {
    for await (const part of body) {
      clearTimeout(stall);
      yield part as Buffer;
      stall = setTimeout(giveUp, STALL_MS);
    }
  } finally {
    clearTimeout(deadline);
    clearTimeout(stall);
  }
}

function isBlank(line: Buffer): boolean {
  return line.length === 0 || (line.length < 16 && line.toString('latin1').trim() === '');
}

function recordTooLarge(limit_bytes: number): Error {
  return trafficProblems.record_too_large(`A record has at most ${limit_bytes} bytes.`);
}
