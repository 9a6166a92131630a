import type { TestDatabase } from '../support/database.js';

/** Sums as the tables hold them, or as they ought to: a key a row, so that a difference names itself. */
export interface Sums {
  buckets: Record<string, string>;
  customers: Record<string, string>;
  periods: Record<string, string>;
}

interface Row {
  reporter: string;
  record_id: string;
  revision: number;
  direction: 'egress' | 'ingress';
  start: number;
  end: number;
  bytes: bigint;
  source_region: string | null;
  destination_region: string | null;
  service: string | null;
  customer: string | null;
  charged: string | null;
  void: boolean;
}

interface Price {
  provider: string;
  side: string;
  region: string;
  from: number;
  unit: string;
  unit_price: string;
}

const BUCKET_MS: Record<string, number> = { '5min': 300_000, '15min': 900_000, hour: 3_600_000 };

/** The stored sums of an agreement; rows that came to nothing are left out, but must be nothing. */
export async function storedSums(database: TestDatabase, code: string): Promise<Sums> {
  const id = `(SELECT id FROM agreements WHERE code = '${code}')`;
  const buckets = await database.query(
    `SELECT concat_ws('|', period, direction, extract(epoch FROM bucket_start)::bigint * 1000, service, side,
                      source_region, destination_region) AS key, bytes, records
       FROM usage_buckets,
            LATERAL (VALUES ('sender', sender_bytes, sender_records), ('receiver', receiver_bytes, receiver_records))
              AS sides (side, bytes, records)
      WHERE agreement_id = ${id}`,
  );
  const customers = await database.query(
    `SELECT concat_ws('|', reporter_id, period, direction, customer, extract(epoch FROM price_from)::bigint * 1000,
                      region, unit, unit_price, zero_ratable) AS key, bytes, records
       FROM usage_customers WHERE agreement_id = ${id}`,
  );
  const periods = await database.query(
    `SELECT concat_ws('|', reporter_id, period) AS key, 0 AS bytes, records
       FROM usage_periods WHERE agreement_id = ${id}`,
  );
  const sums = (rows: Record<string, any>[]): Record<string, string> => {
    for (const { key, bytes, records } of rows) {
      if (records === '0') expect({ key, bytes: String(bytes) }).toEqual({ key, bytes: '0' });
    }
    const counted = rows.filter(({ records }) => records !== '0');
    return Object.fromEntries(counted.map(({ key, bytes, records }) => [key, `${bytes} in ${records}`]));
  };
  return { buckets: sums(buckets), customers: sums(customers), periods: sums(periods) };
}

/**
 * The sums of an agreement in UTC recomputed from its records alone, in other words than the service's: each
 * part of a record is the difference of two rounded-up shares (domain contract, section 4).
 */
export async function recomputedSums(database: TestDatabase, code: string): Promise<Sums> {
  const { partyA, bucket_ms, videoOnly } = await agreementOf(database, code);
  const prices = await pricesOf(database);
  const sums = { buckets: new Tally(), customers: new Tally(), periods: new Tally() };
  for (const record of await currentRecords(database, code)) {
    const upTo = (t: number): bigint => {
      const share = record.bytes * BigInt(t - record.start);
      const whole = BigInt(record.end - record.start);
      return (share + whole - 1n) / whole;
    };
    const sends = record.direction === 'egress';
    const flow = (record.reporter === partyA) === sends ? 'aToB' : 'bToA';
    const side = sends ? 'sender' : 'receiver';
    const own = prices.filter(
      (price) => price.provider === record.reporter && price.side === record.direction,
    );
    for (const [from, to] of partsOf(record, monthsIn(record))) {
      const period = new Date(from).toISOString().slice(0, 7);
      sums.periods.add([record.reporter, period], 0n);
      for (const [start, end] of partsOf({ start: from, end: to }, multiplesIn(from, to, bucket_ms))) {
        const at = Math.floor(start / bucket_ms) * bucket_ms;
        sums.buckets.add([period, flow, at, record.service!, side, '', ''], upTo(end) - upTo(start));
      }
      const changes = own.map((price) => price.from);
      for (const [start, end] of partsOf({ start: from, end: to }, changes)) {
        const key = priceKey(record, own, start);
        const zeroRatable = flow === 'aToB' && (!videoOnly || record.service === 'video');
        sums.customers.add(
          [record.reporter, period, flow, record.customer ?? '', ...key, zeroRatable ? 't' : 'f'],
          upTo(end) - upTo(start),
        );
      }
    }
  }
  return { buckets: sums.buckets.all(), customers: sums.customers.all(), periods: sums.periods.all() };
}

class Tally {
  private readonly sums = new Map<string, { bytes: bigint; records: number }>();

  add(key: (string | number)[], bytes: bigint): void {
    const sum = this.sums.get(key.join('|')) ?? { bytes: 0n, records: 0 };
    this.sums.set(key.join('|'), { bytes: sum.bytes + bytes, records: sum.records + 1 });
  }

  all(): Record<string, string> {
    return Object.fromEntries(
      [...this.sums].map(([key, { bytes, records }]) => [key, `${bytes} in ${records}`]),
    );
  }
}

function partsOf(
  { start, end }: { start: number; end: number },
  cuts: readonly number[],
): [number, number][] {
  const inside = [...new Set(cuts.filter((cut) => cut > start && cut < end))].sort((a, b) => a - b);
  const edges = [start, ...inside, end];
  return edges.slice(1).map((edge, n) => [edges[n]!, edge]);
}

function multiplesIn(from: number, to: number, step: number): number[] {
  const cuts = [];
  for (let at = Math.ceil(from / step) * step; at < to; at += step) cuts.push(at);
  return cuts;
}

function monthsIn({ start, end }: Row): number[] {
  return [start, end].map((t) => Date.parse(`${new Date(t).toISOString().slice(0, 7)}-01T00:00:00Z`));
}

/** Start, region, unit and figure of the price that a customer's bytes have at an instant. */
function priceKey(record: Row, own: readonly Price[], at: number): (string | number)[] {
  const region = record.direction === 'egress' ? record.source_region : record.destination_region;
  const inForce = own.filter((price) => price.from <= at && (price.region === '' || price.region === region));
  const regional = inForce.filter((price) => price.region !== '');
  const [found] = (regional.length > 0 ? regional : inForce).sort((a, b) => b.from - a.from);
  if (!found) return [0, '', 'GB', record.direction === 'ingress' ? '0' : ''];
  const lower = record.charged !== null && Number(record.charged) < Number(found.unit_price);
  return [found.from, found.region, found.unit, String(Number(lower ? record.charged : found.unit_price))];
}

async function currentRecords(database: TestDatabase, code: string): Promise<Row[]> {
  const rows = await database.query<Row & { bytes: string; start: Date; end: Date }>(
    `SELECT reporter_id AS reporter, record_id, revision, direction, starts_at AS start, ends_at AS "end", bytes,
            source_region, destination_region, service, customer, charged_unit_price AS charged, void
       FROM traffic_records WHERE agreement_id = (SELECT id FROM agreements WHERE code = $1)`,
    [code],
  );
  const highest = new Map<string, Row>();
  for (const row of rows) {
    const key = `${row.reporter} ${row.record_id}`;
    if ((highest.get(key)?.revision ?? -1) > row.revision) continue;
    highest.set(key, { ...row, bytes: BigInt(row.bytes), start: +row.start, end: +row.end });
  }
  return [...highest.values()].filter((record) => !record.void);
}

async function agreementOf(
  database: TestDatabase,
  code: string,
): Promise<{ partyA: string; bucket_ms: number; videoOnly: boolean }> {
  const [row] = await database.query<{ party: string; document: string }>(
    `SELECT party_a_id AS party, document FROM agreements a JOIN agreement_versions v ON v.agreement_id = a.id
      WHERE code = $1 AND in_force_at IS NOT NULL ORDER BY version DESC LIMIT 1`,
    [code],
  );
  const { terms } = JSON.parse(row!.document);
  const videoOnly = terms.directions.aToB.zeroRating.services.length > 0;
  return { partyA: row!.party, bucket_ms: BUCKET_MS[terms.reconciliation.bucket]!, videoOnly };
}

async function pricesOf(database: TestDatabase): Promise<Price[]> {
  const rows = await database.query<Omit<Price, 'from'> & { valid_from: Date }>(
    `SELECT provider_id AS provider, side, region, valid_from, unit, unit_price FROM list_prices`,
  );
  return rows.map(({ valid_from, ...price }) => ({ ...price, from: +valid_from }));
}
