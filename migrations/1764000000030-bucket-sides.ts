import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The rules of settled bytes, for a pair of measurements (reconciliation's compare-bucket is the specification). */
const settled = (rule: string) => `
  CASE ${rule}
    WHEN 'sender' THEN sender_bytes
    WHEN 'receiver' THEN receiver_bytes
    WHEN 'lower' THEN least(sender_bytes, receiver_bytes)
    WHEN 'higher' THEN greatest(sender_bytes, receiver_bytes)
    WHEN 'average' THEN div(sender_bytes + receiver_bytes, 2)
  END`;

const IS_ONE_SIDED = `sender_records = 0 OR receiver_records = 0`;
/** Of a bucket of one side only, the side that did not report has no bytes. */
const REPORTED = `sender_bytes + receiver_bytes`;
const IS_WITHIN = `abs(sender_bytes - receiver_bytes)
  <= greatest(absolute_bytes, div(ppm * greatest(sender_bytes, receiver_bytes), 1000000))`;

/**
 * A bucket becomes one row with both sides and the terms that judge it, so that how they compare is a function of
 * the row: no code path can forget to compare, and a month is read as an aggregate. Beside it, what arrived for a
 * period after its issue, by cause.
 */
export class BucketSides1764000000030 implements MigrationInterface {
  name = 'BucketSides1764000000030';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE usage_buckets RENAME TO usage_bucket_sides`);
    await runner.query(`ALTER INDEX usage_buckets_pkey RENAME TO usage_bucket_sides_pkey`);
    await createBuckets(runner);
    await moveSides(runner);
    await runner.query(`DROP TABLE usage_bucket_sides`);
    await runner.query(`
      CREATE TABLE late_usage (
        agreement_id uuid NOT NULL REFERENCES agreements,
        period text NOT NULL,
        direction text NOT NULL CHECK (direction IN ('aToB', 'bToA')),
        cause text NOT NULL CHECK (cause IN ('late', 'correction')),
        recorded bigint NOT NULL,
        records bigint NOT NULL CHECK (records > 0),
        PRIMARY KEY (agreement_id, period, direction, cause, recorded)
      )`);
    await runner.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON usage_buckets TO peerledger_service`);
    await runner.query(`GRANT SELECT, INSERT ON late_usage TO peerledger_service`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE late_usage`);
    await runner.query(`ALTER TABLE usage_buckets RENAME TO compared_buckets`);
    await runner.query(`ALTER INDEX usage_buckets_pkey RENAME TO compared_buckets_pkey`);
    await runner.query(`
      CREATE TABLE usage_buckets (
        agreement_id uuid NOT NULL REFERENCES agreements,
        period text NOT NULL,
        direction text NOT NULL CHECK (direction IN ('aToB', 'bToA')),
        bucket_start timestamptz NOT NULL,
        source_region text NOT NULL,
        destination_region text NOT NULL,
        service text NOT NULL,
        side text NOT NULL CHECK (side IN ('sender', 'receiver')),
        bytes numeric NOT NULL,
        records bigint NOT NULL,
        PRIMARY KEY (agreement_id, period, direction, bucket_start, source_region, destination_region, service, side)
      )`);
    for (const side of ['sender', 'receiver']) {
      await runner.query(`
        INSERT INTO usage_buckets
        SELECT agreement_id, period, direction, bucket_start, source_region, destination_region, service, '${side}',
               ${side}_bytes, ${side}_records
          FROM compared_buckets
         WHERE ${side}_records > 0`);
    }
    await runner.query(`DROP TABLE compared_buckets`);
    await runner.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON usage_buckets TO peerledger_service`);
  }
}

async function createBuckets(runner: QueryRunner): Promise<void> {
  // No checks that sums are not negative: an upsert checks the row proposed, which for a correction is a
  // difference. A row of which no record is left and nothing is agreed has no status, and is no bucket.
  await runner.query(`
    CREATE TABLE usage_buckets (
      agreement_id uuid NOT NULL REFERENCES agreements,
      period text NOT NULL,
      direction text NOT NULL CHECK (direction IN ('aToB', 'bToA')),
      bucket_start timestamptz NOT NULL,
      source_region text COLLATE "C" NOT NULL,
      destination_region text COLLATE "C" NOT NULL,
      service text COLLATE "C" NOT NULL,
      sender_bytes numeric NOT NULL,
      sender_records bigint NOT NULL,
      receiver_bytes numeric NOT NULL,
      receiver_records bigint NOT NULL,
      absolute_bytes numeric NOT NULL,
      ppm integer NOT NULL,
      settled_bytes_rule text NOT NULL,
      mismatch_rule text NOT NULL,
      one_sided text NOT NULL,
      agreed_bytes numeric CHECK (agreed_bytes >= 0),
      status text GENERATED ALWAYS AS (
        CASE
          WHEN sender_records = 0 AND receiver_records = 0 AND agreed_bytes IS NULL THEN NULL
          WHEN sender_records = 0 THEN 'missing_sender'
          WHEN receiver_records = 0 THEN 'missing_receiver'
          WHEN sender_bytes = receiver_bytes THEN 'exact'
          WHEN ${IS_WITHIN} THEN 'within_tolerance'
          ELSE 'mismatch'
        END) STORED,
      settled_bytes numeric NOT NULL GENERATED ALWAYS AS (
        CASE
          WHEN agreed_bytes IS NOT NULL THEN agreed_bytes
          WHEN ${IS_ONE_SIDED} THEN CASE one_sided WHEN 'use_reported' THEN ${REPORTED} ELSE 0 END
          WHEN ${IS_WITHIN} THEN ${settled('settled_bytes_rule')}
          ELSE ${settled('mismatch_rule')}
        END) STORED,
      discrepancy_bytes numeric NOT NULL GENERATED ALWAYS AS (
        CASE
          WHEN agreed_bytes IS NOT NULL THEN 0
          WHEN ${IS_ONE_SIDED} THEN CASE one_sided WHEN 'use_reported' THEN 0 ELSE ${REPORTED} END
          WHEN ${IS_WITHIN} THEN 0
          ELSE abs(sender_bytes - receiver_bytes)
        END) STORED,
      PRIMARY KEY (agreement_id, period, direction, bucket_start, source_region, destination_region, service)
    )`);
  await runner.query(`
    CREATE INDEX usage_buckets_by_discrepancy ON usage_buckets (agreement_id, period, discrepancy_bytes)
      WHERE discrepancy_bytes > 0`);
}

/** Pairs the sides, and writes beside each the terms of its period. */
async function moveSides(runner: QueryRunner): Promise<void> {
  await runner.query(`
    INSERT INTO usage_buckets (agreement_id, period, direction, bucket_start, source_region, destination_region,
      service, sender_bytes, sender_records, receiver_bytes, receiver_records, absolute_bytes, ppm,
      settled_bytes_rule, mismatch_rule, one_sided)
    SELECT pair.*, (terms ->> 'absoluteBytes')::numeric, (terms ->> 'ppm')::integer, terms ->> 'settledBytesRule',
           terms ->> 'mismatchRule', terms ->> 'oneSided'
      FROM (SELECT agreement_id, period, direction, bucket_start, source_region, destination_region, service,
                   coalesce(sum(bytes) FILTER (WHERE side = 'sender'), 0),
                   coalesce(sum(records) FILTER (WHERE side = 'sender'), 0),
                   coalesce(sum(bytes) FILTER (WHERE side = 'receiver'), 0),
                   coalesce(sum(records) FILTER (WHERE side = 'receiver'), 0)
              FROM usage_bucket_sides
             GROUP BY agreement_id, period, direction, bucket_start, source_region, destination_region, service)
           AS pair
      JOIN LATERAL (
             SELECT document::jsonb -> 'terms' -> 'reconciliation' AS terms
               FROM agreement_versions v
              WHERE v.agreement_id = pair.agreement_id AND v.effective_from <= pair.period
                AND v.in_force_at IS NOT NULL
              ORDER BY v.effective_from DESC, v.version DESC
              LIMIT 1) AS version ON true`);
}
