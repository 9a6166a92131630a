import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Agreements, the immutable versions of their terms, and who accepted which. */
export class Agreements1764000000005 implements MigrationInterface {
  name = 'Agreements1764000000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE agreements (
        id uuid PRIMARY KEY,
        code text NOT NULL UNIQUE CHECK (code ~ '^[a-z0-9](-?[a-z0-9])*$' AND length(code) <= 63),
        party_a_id uuid NOT NULL REFERENCES providers,
        party_b_id uuid NOT NULL REFERENCES providers,
        timezone text NOT NULL,
        currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
        auto_close boolean NOT NULL,
        created_at timestamptz NOT NULL,
        CHECK (party_a_id <> party_b_id)
      )`);
    await runner.query(`CREATE INDEX agreements_of_a ON agreements (party_a_id, id)`);
    await runner.query(`CREATE INDEX agreements_of_b ON agreements (party_b_id, id)`);
    // The document is stored as the canonical text that was hashed, never as jsonb, which would reorder it.
    await runner.query(`
      CREATE TABLE agreement_versions (
        agreement_id uuid NOT NULL REFERENCES agreements,
        version integer NOT NULL CHECK (version > 0),
        effective_from text NOT NULL CHECK (effective_from ~ '^\\d{4}-(0[1-9]|1[0-2])$'),
        document text NOT NULL,
        sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
        proposed_by uuid NOT NULL REFERENCES providers,
        proposed_at timestamptz NOT NULL,
        in_force_at timestamptz,
        PRIMARY KEY (agreement_id, version)
      )`);
    await runner.query(`
      CREATE TABLE agreement_acceptances (
        agreement_id uuid NOT NULL,
        version integer NOT NULL,
        provider_id uuid NOT NULL REFERENCES providers,
        sha256 text NOT NULL,
        accepted_at timestamptz NOT NULL,
        PRIMARY KEY (agreement_id, version, provider_id),
        FOREIGN KEY (agreement_id, version) REFERENCES agreement_versions
      )`);
    // One short lock an agreement orders what is recorded: batches take it last, a close takes it first.
    await runner.query(`
      CREATE TABLE agreement_clocks (
        agreement_id uuid PRIMARY KEY REFERENCES agreements,
        recorded bigint NOT NULL DEFAULT 0,
        terms_epoch bigint NOT NULL DEFAULT 0
      )`);
    await runner.query(`
      GRANT SELECT, INSERT ON agreements, agreement_versions, agreement_acceptances, agreement_clocks
        TO peerledger_service`);
    await runner.query(`GRANT UPDATE (in_force_at) ON agreement_versions TO peerledger_service`);
    await runner.query(`GRANT UPDATE (recorded, terms_epoch) ON agreement_clocks TO peerledger_service`);
    await runner.query(`
      DO $$
      BEGIN
        ASSERT NOT has_column_privilege('peerledger_service', 'agreement_versions', 'document', 'UPDATE'),
          'a version is immutable';
      END
      $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE agreement_clocks, agreement_acceptances, agreement_versions, agreements`);
  }
}
