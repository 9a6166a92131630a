import type pg from 'pg';
import { CUSTOMERS, DESTINATION_REGIONS, PERIOD, SOURCE_REGIONS } from './records.js';

/** Whose records are made: both parties of one agreement. */
export interface Reporters {
  agreementId: string;
  a: string;
  b: string;
}

export const MONTH = { start: `${PERIOD}-01T00:00:00Z`, slots: 31 * 24 * 12 };

/**
 * Writes a month of records straight into the service's table: pairs of what the one sent and the other received,
 * five minutes each, spread by the seed over both directions, 20 region pairs and 2,000 customers of each party.
 * One in fifty is received with a little less, within tolerance, and one in a thousand with a tenth less.
 */
export async function writeMonth(
  client: pg.Client,
  { agreementId, a, b }: Reporters,
  records: number,
  seed: number,
): Promise<void> {
  for (const [n, reporter] of [a, b].entries()) {
    const id = `00000000-0000-7000-8000-00000000000${n + 1}`;
    await client.query(
      `INSERT INTO batches (agreement_id, id, reporter_id, recorded, received_at, mode, received, created, superseded,
         duplicate, rejected, total_bytes, sha256, errors)
       VALUES ($1, $2, $3, $4, now(), 'atomic', $5, $5, 0, 0, 0, 0, '', '[]')`,
      [agreementId, id, reporter, n + 1, Math.floor(records / 2)],
    );
    await client.query(
      `INSERT INTO traffic_records (agreement_id, reporter_id, batch_id, record_key, arrival, revision, bytes,
         starts_at, ends_at, void, direction, record_id, source_region, destination_region, customer)
       SELECT $1::uuid, $2::uuid, $3::uuid, md5($2::text || pair)::uuid, 0, 0,
              CASE WHEN $4 = 0 THEN bytes
                   WHEN pair % 1000 = 0 THEN bytes * 9 / 10
                   WHEN pair % 50 = 0 THEN bytes - bytes / 2000
                   ELSE bytes END,
              $5::timestamptz + slot * interval '5 minutes', $5::timestamptz + (slot + 1) * interval '5 minutes',
              false, CASE WHEN (pair % 2 = 0) = ($4 = 0) THEN 'egress' ELSE 'ingress' END, 'r-' || pair,
              ($6::text[])[1 + region % cardinality($6::text[])],
              ($7::text[])[1 + region / cardinality($6::text[]) % cardinality($7::text[])],
              'customer-' || customer
         FROM (SELECT pair, 1000000 + (hash & 1073741823) AS bytes, ((hash >> 8) & 1048575) % $8::integer AS slot,
                      ((hash >> 30) & 65535) % 20 AS region, ((hash >> 40) & 1048575) % $9::integer AS customer
                 FROM generate_series(1, $10::bigint) AS pair,
                      LATERAL (SELECT hashint8extended(pair, $11::bigint) & 9223372036854775807 AS hash) AS hashed)
              AS made`,
      [
        agreementId,
        reporter,
        id,
        n,
        MONTH.start,
        SOURCE_REGIONS,
        DESTINATION_REGIONS,
        MONTH.slots,
        CUSTOMERS,
        Math.floor(records / 2),
        seed,
      ],
    );
  }
  await client.query(`UPDATE agreement_clocks SET recorded = 2 WHERE agreement_id = $1`, [agreementId]);
}

/** What each party reported of each flow, as one pass over the records finds it: the yardstick's own result. */
export interface Grouped {
  seconds: number;
  groups: number;
  /** By direction as reported, and reporter. */
  totals: Map<string, bigint>;
}

/** The limit that a close is held to: the records grouped once, by direction, reporter, bucket and scope. */
export async function groupRecords(
  client: pg.Client,
  agreementId: string,
  bucket: 'hour' | '5min',
): Promise<Grouped> {
  const start = performance.now();
  const { rows } = await client.query<{
    direction: string;
    reporter: string;
    bytes: string;
    groups: string;
  }>(
    `SELECT direction, reporter_id AS reporter, sum(bytes) AS bytes, count(*) AS groups
       FROM (SELECT direction, reporter_id, date_bin($2::interval, starts_at, '2000-01-01Z') AS bucket, source_region,
                    destination_region, sum(bytes) AS bytes
               FROM traffic_records
              WHERE agreement_id = $1
              GROUP BY direction, reporter_id, bucket, source_region, destination_region) AS grouped
      GROUP BY direction, reporter_id`,
    [agreementId, bucket === 'hour' ? '1 hour' : '5 minutes'],
  );
  return {
    seconds: (performance.now() - start) / 1000,
    groups: rows.reduce((sum, { groups }) => sum + Number(groups), 0),
    totals: new Map(
      rows.map(({ direction, reporter, bytes }) => [`${reporter} ${direction}`, BigInt(bytes)]),
    ),
  };
}
