import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The audit log. Changes are chained by hash, a chain for each provider and one for the operator and the service
 * itself; attempts that were denied stand beside them, in no chain. Both are only ever added.
 */
export class Audit1764000000100 implements MigrationInterface {
  name = 'Audit1764000000100';

  async up(runner: QueryRunner): Promise<void> {
    await createEvents(runner);
    await createDenials(runner);
    await runner.query(`ALTER TABLE integrity_checks ADD COLUMN audit_events bigint NOT NULL DEFAULT 0`);
    await runner.query(
      `GRANT SELECT, INSERT ON audit_events, audit_denials, audit_heads TO peerledger_service`,
    );
    await runner.query(
      `GRANT UPDATE (sequence, previous_sha256, sha256) ON audit_heads TO peerledger_service`,
    );
    await runner.query(`
      DO $$
      DECLARE
        name text;
      BEGIN
        FOREACH name IN ARRAY ARRAY['audit_events', 'audit_denials'] LOOP
          ASSERT NOT has_table_privilege('peerledger_service', name, 'UPDATE, DELETE, TRUNCATE, TRIGGER, REFERENCES')
             AND NOT has_any_column_privilege('peerledger_service', name, 'UPDATE'),
            'what was logged stays: ' || name;
        END LOOP;
        ASSERT NOT has_table_privilege('peerledger_service', 'audit_heads', 'UPDATE, DELETE, TRUNCATE'),
          'heads of the log may only move on';
      END
      $$`);
  }

  async down(): Promise<void> {
    throw new Error('The audit log keeps what it has; restore a backup instead.');
  }
}

async function createEvents(runner: QueryRunner): Promise<void> {
  // chain_id is a provider's id, or the nil UUID for the chain of the operator and the service.
  await runner.query(`
    CREATE TABLE audit_events (
      chain_id uuid NOT NULL,
      sequence bigint NOT NULL CHECK (sequence > 0),
      id uuid NOT NULL,
      recorded_at timestamptz NOT NULL,
      party_id uuid REFERENCES providers,
      counterparty_id uuid REFERENCES providers,
      action text NOT NULL,
      resource_kind text NOT NULL,
      resource_id text NOT NULL,
      agreement text,
      canonical text NOT NULL,
      previous_sequence bigint GENERATED ALWAYS AS (nullif(sequence - 1, 0)) STORED,
      previous_sha256 bytea,
      sha256 bytea NOT NULL,
      PRIMARY KEY (chain_id, sequence),
      UNIQUE (chain_id, sequence, sha256),
      CONSTRAINT audit_events_chain FOREIGN KEY (chain_id, previous_sequence, previous_sha256)
        REFERENCES audit_events (chain_id, sequence, sha256),
      CONSTRAINT audit_events_first CHECK ((previous_sha256 IS NULL) = (sequence = 1)),
      CONSTRAINT audit_events_hash
        CHECK (sha256 = sha256(coalesce(previous_sha256, '') || convert_to(canonical, 'UTF8'))),
      CONSTRAINT audit_events_parties
        CHECK (counterparty_id IS NULL OR (party_id IS NOT NULL AND party_id <> counterparty_id))
    )`);
  await runner.query(`CREATE INDEX audit_events_by_time ON audit_events (recorded_at, id)`);
  await runner.query(`
    CREATE INDEX audit_events_by_party ON audit_events (party_id, recorded_at, id) WHERE party_id IS NOT NULL`);
  await runner.query(`
    CREATE INDEX audit_events_by_counterparty ON audit_events (counterparty_id, recorded_at, id)
      WHERE counterparty_id IS NOT NULL`);
  await runner.query(`
    CREATE TABLE audit_heads (
      chain_id uuid PRIMARY KEY,
      sequence bigint NOT NULL CHECK (sequence > 0),
      previous_sha256 bytea,
      sha256 bytea NOT NULL,
      CONSTRAINT audit_heads_last FOREIGN KEY (chain_id, sequence, sha256)
        REFERENCES audit_events (chain_id, sequence, sha256)
    ) WITH (fillfactor = 70)`);
}

async function createDenials(runner: QueryRunner): Promise<void> {
  // Attempts alike within seconds make one row. Without a route it counts those of a minute that were left out.
  await runner.query(`
    CREATE TABLE audit_denials (
      id uuid PRIMARY KEY,
      recorded_at timestamptz NOT NULL,
      until timestamptz NOT NULL,
      attempts bigint NOT NULL CHECK (attempts > 0),
      actor_kind text NOT NULL CHECK (actor_kind IN ('provider', 'operator', 'unknown')),
      party_id uuid REFERENCES providers,
      credential_kind text,
      credential_id text,
      address text,
      request_id text,
      method text,
      route text,
      resource_kind text,
      resource_id text,
      status integer,
      code text,
      CHECK (until >= recorded_at),
      CHECK ((party_id IS NOT NULL) = (actor_kind = 'provider')),
      CHECK ((credential_kind IS NULL) = (credential_id IS NULL)),
      CHECK ((resource_kind IS NULL) = (resource_id IS NULL)),
      CHECK ((route IS NULL) = (status IS NULL) AND (route IS NULL) = (method IS NULL)
        AND (route IS NULL) = (address IS NULL) AND (route IS NULL) = (request_id IS NULL))
    )`);
  await runner.query(`CREATE INDEX audit_denials_by_time ON audit_denials (recorded_at, id)`);
  await runner.query(`
    CREATE INDEX audit_denials_by_party ON audit_denials (party_id, recorded_at, id) WHERE party_id IS NOT NULL`);
}
