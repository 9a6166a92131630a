import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Traffic records as reported, their batches, and the sums that closing a month reads. */
export class Traffic1764000000006 implements MigrationInterface {
  name = 'Traffic1764000000006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE batches (
        agreement_id uuid NOT NULL REFERENCES agreements,
        id uuid NOT NULL,
        reporter_id uuid NOT NULL REFERENCES providers,
        recorded bigint NOT NULL,
        received_at timestamptz NOT NULL,
        mode text NOT NULL CHECK (mode IN ('atomic', 'partial')),
        received integer NOT NULL,
        created integer NOT NULL,
        superseded integer NOT NULL,
        duplicate integer NOT NULL,
        rejected integer NOT NULL,
        total_bytes numeric NOT NULL,
        earliest timestamptz,
        latest timestamptz,
        sha256 text NOT NULL,
        errors jsonb NOT NULL,
        idempotency_key text,
        PRIMARY KEY (agreement_id, id),
        CHECK (received = created + superseded + duplicate + rejected)
      )`);
    await runner.query(`CREATE UNIQUE INDEX batches_by_clock ON batches (agreement_id, recorded)`);
    await runner.query(`
      CREATE UNIQUE INDEX batches_by_idempotency_key
        ON batches (agreement_id, reporter_id, idempotency_key) WHERE idempotency_key IS NOT NULL`);
    await runner.query(`
      CREATE TABLE traffic_records (
        agreement_id uuid NOT NULL,
        reporter_id uuid NOT NULL REFERENCES providers,
        record_id text NOT NULL,
        revision integer NOT NULL,
        batch_id uuid NOT NULL,
        direction text NOT NULL CHECK (direction IN ('egress', 'ingress')),
        starts_at timestamptz NOT NULL,
        ends_at timestamptz NOT NULL,
        bytes bigint NOT NULL CHECK (bytes >= 0),
        source_region text,
        destination_region text,
        service text,
        customer text,
        charged_unit_price numeric,
        void boolean NOT NULL,
        PRIMARY KEY (agreement_id, reporter_id, record_id, revision),
        FOREIGN KEY (agreement_id, batch_id) REFERENCES batches DEFERRABLE INITIALLY DEFERRED,
        CHECK (starts_at < ends_at)
      )`);
    await runner.query(`
      CREATE INDEX traffic_records_by_time ON traffic_records (agreement_id, reporter_id, starts_at, record_id)`);
    // Text parts of the keys are '' where absent: a primary key takes no null. The sums take no check that they
    // are not negative, because an upsert checks the row proposed, which for a correction is a difference.
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
    await runner.query(`
      CREATE TABLE usage_customers (
        agreement_id uuid NOT NULL REFERENCES agreements,
        period text NOT NULL,
        reporter_id uuid NOT NULL REFERENCES providers,
        direction text NOT NULL CHECK (direction IN ('aToB', 'bToA')),
        customer text COLLATE "C" NOT NULL,
        price_from timestamptz NOT NULL,
        region text NOT NULL,
        unit text NOT NULL,
        unit_price text NOT NULL,
        zero_ratable boolean NOT NULL,
        bytes numeric NOT NULL,
        records bigint NOT NULL,
        PRIMARY KEY (agreement_id, period, reporter_id, direction, customer, price_from, region, unit, unit_price,
          zero_ratable)
      )`);
    await runner.query(`
      CREATE TABLE usage_periods (
        agreement_id uuid NOT NULL REFERENCES agreements,
        period text NOT NULL,
        reporter_id uuid NOT NULL REFERENCES providers,
        records bigint NOT NULL,
        PRIMARY KEY (agreement_id, period, reporter_id)
      )`);
    await runner.query(`
      CREATE TABLE closed_periods (
        agreement_id uuid NOT NULL REFERENCES agreements,
        period text NOT NULL,
        PRIMARY KEY (agreement_id, period)
      )`);
    await runner.query(`GRANT SELECT, INSERT ON batches, traffic_records TO peerledger_service`);
    await runner.query(`GRANT SELECT, INSERT, DELETE ON closed_periods TO peerledger_service`);
    await runner.query(
      `GRANT SELECT, INSERT, UPDATE, DELETE ON usage_buckets, usage_customers, usage_periods TO peerledger_service`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `DROP TABLE closed_periods, usage_periods, usage_customers, usage_buckets, traffic_records, batches`,
    );
  }
}
