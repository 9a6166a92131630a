import { hourly, PERIOD, type Sent } from '../support/market.js';
import type { Random } from '../support/random.js';

export type Side = 'a' | 'b';

/** A batch as it was sent. */
export interface SentBatch {
  side: Side;
  records: Sent[];
  mode: 'atomic' | 'partial';
  as: 'json' | 'ndjson';
  gzip: boolean;
  idempotencyKey: string;
  /** Records that cannot be taken; a partial batch may have some. */
  refused: number;
}

/** What became of a batch, seen from its sender and from a look at the records afterwards. */
export type Fate = 'answered' | 'there' | 'absent' | 'unknown';

/** What the usage tables must add up to, by a key that names what is summed. */
export type Sums = Map<string, { bytes: bigint; records: number }>;

export const REGIONS = ['r0', 'r1', 'r2'];
const REFUSED_REGION = 'nowhere';
const SIZES = [1, 10, 200, 1_000, 2_500];
const CORRECTIONS_MAX = 50;

/** Everything that was sent of one agreement, and what of it has to be stored; it never asks the service. */
export class ReportedRecords {
  private readonly fates = new Map<SentBatch, Fate>();
  private readonly batchOf = new Map<string, SentBatch>();
  private readonly latest: Record<Side, Map<string, Sent>> = { a: new Map(), b: new Map() };
  private made = 0;

  constructor(private readonly random: Random) {}

  /** A batch of new records, with corrections of records that are known to be stored. */
  next(side: Side): SentBatch {
    const { random } = this;
    const mode = random.once(4) ? 'partial' : 'atomic';
    const size = random.pick(SIZES);
    const records = Array.from({ length: size }, () => this.newRecord(side));
    if (random.once(3)) records.push(...this.corrections(side));
    const refused = mode === 'partial' ? Math.ceil(size / 10) : 0;
    for (const record of records.slice(0, refused)) record.sourceRegion = REFUSED_REGION;
    const batch: SentBatch = {
      ...{ side, mode, refused },
      records: random.shuffled(records),
      as: random.once(2) ? 'json' : 'ndjson',
      gzip: random.once(4),
      idempotencyKey: random.once(2) ? `key-${(this.made += 1)}` : '',
    };
    this.fates.set(batch, 'unknown');
    for (const record of takenOf(batch)) this.batchOf.set(nameOf(side, record), batch);
    return batch;
  }

  /** Notes that a batch is known to be stored: it was answered, or was found whole. */
  settle(batch: SentBatch, fate: Fate): void {
    this.fates.set(batch, fate);
    if (fate === 'absent' || fate === 'unknown') return;
    const latest = this.latest[batch.side];
    for (const record of takenOf(batch)) {
      const stored = latest.get(record.id);
      if (!stored || (stored.revision ?? 0) < (record.revision ?? 0)) latest.set(record.id, record);
    }
  }

  batches(...fates: Fate[]): SentBatch[] {
    return [...this.fates].flatMap(([batch, fate]) => (fates.includes(fate) ? [batch] : []));
  }

  /**
   * Holds what a side's records look like to what was sent: every record once and as sent, each answered
   * batch whole, each other one whole or not there at all. Settles the ones that were not known.
   */
  compare(side: Side, stored: readonly StoredRecord[]): void {
    const seen = new Map<SentBatch, Set<string>>();
    for (const record of stored) {
      const name = nameOf(side, record);
      const batch = this.batchOf.get(name);
      if (!batch) throw new Error(`${name} is stored, and was never sent or cannot be taken`);
      const names = seen.get(batch) ?? new Set<string>();
      if (names.has(name)) throw new Error(`${name} is stored twice`);
      seen.set(batch, names.add(name));
      sameAsSent(record, batch);
    }
    for (const [batch, fate] of this.fates) {
      if (batch.side !== side) continue;
      const found = seen.get(batch)?.size ?? 0;
      const whole = takenOf(batch).length;
      if (found !== whole && (found !== 0 || fate === 'answered' || fate === 'there')) {
        throw new Error(`${found} of ${whole} records of a batch are stored, which was ${fate}`);
      }
      if (fate === 'unknown') this.settle(batch, found === 0 ? 'absent' : 'there');
    }
  }

  /** What the buckets of both sides add up to: by direction, side and start of the bucket, and region. */
  buckets(): Sums {
    return this.sums(
      (side, { direction, start, sourceRegion }) =>
        `${flowOf(side, direction)} ${direction === 'egress' ? 'sender' : 'receiver'} ${start} ${sourceRegion}`,
    );
  }

  customers(): Sums {
    return this.sums((side, { direction, customer }) => `${side} ${flowOf(side, direction)} ${customer}`);
  }

  periods(): Sums {
    return this.sums((side) => side);
  }

  private sums(keyOf: (side: Side, record: Sent) => string): Sums {
    const sums: Sums = new Map();
    for (const side of ['a', 'b'] as const) {
      for (const record of this.latest[side].values()) {
        if (record.void) continue;
        const key = keyOf(side, record);
        const { bytes, records } = sums.get(key) ?? { bytes: 0n, records: 0 };
        sums.set(key, { bytes: bytes + BigInt(record.bytes), records: records + 1 });
      }
    }
    return sums;
  }

  private newRecord(side: Side): Sent {
    const { random } = this;
    const at = `${two(1 + random.below(28))}T${two(random.below(24))}`;
    return hourly(`${side}-${(this.made += 1)}`, at, this.bytes(), {
      direction: random.pick(['egress', 'ingress']),
      sourceRegion: random.pick(REGIONS),
      customer: `c${random.below(20)}`,
    });
  }

  private corrections(side: Side): Sent[] {
    const known = this.random.shuffled([...this.latest[side].values()]).slice(0, CORRECTIONS_MAX);
    return known.map((record) => ({
      ...record,
      bytes: this.bytes(),
      revision: (record.revision ?? 0) + 1,
      void: this.random.once(5),
    }));
  }

  /** Some beyond what a double holds exactly. */
  private bytes(): string {
    const { random } = this;
    return random.once(10) ? String(2n ** 53n + BigInt(random.below(1_000))) : String(random.below(1e9));
  }
}

/** A record as `GET traffic-records` shows it. */
export interface StoredRecord {
  id: string;
  revision: number;
  direction: string;
  start: string;
  bytes: string;
  sourceRegion: string | null;
  customer: string | null;
  void: boolean;
}

/** The records of a batch that can be taken. */
export function takenOf({ records }: SentBatch): Sent[] {
  return records.filter(({ sourceRegion }) => sourceRegion !== REFUSED_REGION);
}

export function flowOf(side: Side, direction: string): 'aToB' | 'bToA' {
  return (side === 'a') === (direction === 'egress') ? 'aToB' : 'bToA';
}

/** Instants of buckets as records show them. */
export function bucketText(start: Date): string {
  const text = start.toISOString().replace('.000', '');
  if (!text.startsWith(PERIOD)) throw new Error(`A bucket outside the period: ${text}`);
  return text;
}

function nameOf(side: Side, { id, revision = 0 }: { id: string; revision?: number }): string {
  return `${side} ${id}#${revision}`;
}

function sameAsSent(stored: StoredRecord, batch: SentBatch): void {
  const sent = sentByName(batch).get(nameOf(batch.side, stored))!;
  const differs =
    stored.bytes !== String(sent.bytes) ||
    stored.direction !== sent.direction ||
    stored.start !== sent.start ||
    stored.sourceRegion !== sent.sourceRegion ||
    stored.customer !== sent.customer ||
    stored.void !== (sent.void ?? false);
  if (differs) throw new Error(`Stored ${JSON.stringify(stored)}, sent ${JSON.stringify(sent)}`);
}

const names = new WeakMap<SentBatch, Map<string, Sent>>();

function sentByName(batch: SentBatch): Map<string, Sent> {
  let known = names.get(batch);
  if (!known) {
    known = new Map(batch.records.map((record) => [nameOf(batch.side, record), record]));
    names.set(batch, known);
  }
  return known;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
