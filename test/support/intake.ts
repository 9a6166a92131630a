import { completeTerms, type ProposedTerms } from '../../src/agreements/rules/complete-terms.js';
import { BatchReader } from '../../src/traffic/intake/batch-reader.js';
import type { IntakeResult } from '../../src/traffic/intake/batch-tally.js';
import type { IntakeEvent } from '../../src/traffic/intake/messages.js';
import type { IntakePlan } from '../../src/traffic/intake/plan.js';
import { CHUNKING, type Chunking } from '../../src/traffic/intake/record-chunk.js';
import type { StoredRevision } from '../../src/traffic/intake/stored-revisions.js';
import type { UsageRows } from '../../src/traffic/rules/usage-rows.js';

export type ChunkEvent = Extract<IntakeEvent, { kind: 'chunk' }>;

export const AGREEMENT_ID = '019a0000-0000-7000-8000-000000000001';
export const REPORTER_ID = '019a0000-0000-7000-8000-00000000000a';
export const BATCH_ID = '019a0000-0000-7000-8000-0000000000b1';

/** A plan whose agreement is in force from 2020 on, read in 2027. */
export function intakePlan(more: Partial<IntakePlan> = {}, terms: Partial<ProposedTerms> = {}): IntakePlan {
  const inForce = completeTerms({ directions: {}, ...terms }, 'USD');
  return {
    agreementId: AGREEMENT_ID,
    reporterId: REPORTER_ID,
    batchId: BATCH_ID,
    side: 'A',
    timezone: 'Etc/UTC',
    lastPeriod: null,
    versions: [{ version: 1, effectiveFrom: '2020-01', inForceAt: 0, terms: inForce }],
    closed: [],
    suspensions: [],
    prices: [],
    customerKeys: [],
    now: Date.UTC(2027, 0, 1),
    format: 'ndjson',
    limits: { records: 1_000_000, record_bytes: 16_384 },
    ...more,
  };
}

/**
 * A batch that is read in this thread, as `OpenBatch` has it read in another one: memory is handed over with
 * each message, so whoever keeps a view of what was sent finds nothing in it.
 */
export class InProcessBatch {
  /** Chunks that wait to be stored, in order. */
  readonly chunks: ChunkEvent[] = [];
  readonly usage: UsageRows[] = [];
  /** What pseudonyms stand for. */
  readonly customers = new Map<string, string>();
  result: IntakeResult | null = null;
  /** Of parts that were pushed and not read yet. */
  unread_bytes = 0;
  private readonly reader: BatchReader;
  private compared: Extract<IntakeEvent, { kind: 'compared' }> | null = null;

  constructor(plan: IntakePlan, chunking: Partial<Chunking> = {}) {
    this.reader = new BatchReader(structuredClone(plan), (event) => this.hear(handedOver(event)), {
      ...CHUNKING,
      ...(chunking.records_max !== undefined && { first_records_max: chunking.records_max }),
      ...chunking,
    });
  }

  push(part: Uint8Array): void {
    const memory = new ArrayBuffer(part.length + 8);
    new Uint8Array(memory).set(part);
    this.unread_bytes += part.length;
    this.reader.push(new Uint8Array(memory, 0, part.length));
  }

  end(): void {
    this.reader.end();
  }

  stored({ buffer }: Uint8Array<ArrayBuffer>): void {
    this.reader.settleAll('created', structuredClone(buffer, { transfer: [buffer] }));
  }

  known({ buffer }: Uint8Array<ArrayBuffer>): void {
    this.reader.settleAll('duplicate', structuredClone(buffer, { transfer: [buffer] }));
  }

  compare(
    { buffer }: Uint8Array<ArrayBuffer>,
    ranks: readonly number[],
    stored: readonly StoredRevision[],
  ): Promise<{ rows: Uint8Array; count: number }> {
    const memory = structuredClone(buffer, { transfer: [buffer] });
    this.reader.settleCompared(memory, ranks, structuredClone(stored));
    const answer = this.compared!;
    this.compared = null;
    return Promise.resolve(answer);
  }

  private hear(event: IntakeEvent): void {
    if (this.result) throw new Error(`A batch that was done said ${event.kind}.`);
    switch (event.kind) {
      case 'read':
        this.unread_bytes -= event.bytes;
        break;
      case 'chunk':
        this.chunks.push(event);
        break;
      case 'compared':
        this.compared = event;
        break;
      case 'usage':
        this.usage.push(event.rows);
        break;
      case 'customers':
        for (const [pseudonym, reference] of event.references) this.customers.set(pseudonym, reference);
        break;
      case 'done':
        this.result = event.result;
        break;
      case 'failed':
        throw new Error(event.failure.message);
    }
  }
}

function handedOver(event: IntakeEvent): IntakeEvent {
  return structuredClone(event, { transfer: memoryOf(event) });
}

function memoryOf(event: IntakeEvent): ArrayBuffer[] {
  if (event.kind === 'read') return [event.memory];
  if (event.kind === 'chunk' || event.kind === 'compared') return [event.rows.buffer];
  return event.kind === 'usage'
    ? Object.values(event.rows).map((rows: Uint8Array<ArrayBuffer>) => rows.buffer)
    : [];
}

/** Rows of PostgreSQL's binary COPY, one by one. */
export function rowsIn(rows: Uint8Array): Buffer[] {
  const bytes = Buffer.from(rows);
  const found: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const start = at;
    const fields = bytes.readInt16BE(at);
    at += 2;
    for (let field = 0; field < fields; field += 1) at += 4 + Math.max(0, bytes.readInt32BE(at));
    found.push(bytes.subarray(start, at));
  }
  return found;
}

/** Parts of a body, cut after so many bytes each, over and over. */
export function* partsOf(body: Uint8Array, lengths: readonly number[]): Generator<Uint8Array> {
  for (let at = 0, n = 0; at < body.length; n += 1) {
    const length = lengths[n % lengths.length]!;
    yield body.subarray(at, at + length);
    at += length;
  }
}

/** What usage comes to, added up over rows: bytes and records (or records alone) by all that stands before. */
export function addedUp(usage: readonly UsageRows[]): Record<keyof UsageRows, Record<string, string>> {
  const add = (table: keyof UsageRows, figures: number): Record<string, string> => {
    const sums = new Map<string, bigint[]>();
    for (const rows of usage) {
      for (const line of Buffer.from(rows[table]).toString('utf8').split('\n').slice(0, -1)) {
        const cells = line.split('\t');
        const key = cells.slice(0, cells.length - figures).join('\t');
        const before = sums.get(key) ?? [];
        sums.set(
          key,
          cells.slice(cells.length - figures).map((figure, n) => (before[n] ?? 0n) + BigInt(figure)),
        );
      }
    }
    const present = [...sums].filter(([, all]) => figures === 0 || all.some((figure) => figure !== 0n));
    return Object.fromEntries(present.map(([key, all]) => [key, all.join(' ')]).sort());
  };
  return {
    buckets: add('buckets', 2),
    customers: add('customers', 2),
    periods: add('periods', 1),
    changes: add('changes', 1),
    terms: add('terms', 0),
  };
}
