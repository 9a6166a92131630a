import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keys with which providers sign, and the signatures under issued statements. */
export class StatementSignatures1764000000052 implements MigrationInterface {
  name = 'StatementSignatures1764000000052';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE provider_signing_keys (
        provider_id uuid NOT NULL REFERENCES providers,
        kid text NOT NULL,
        public_jwk jsonb NOT NULL,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (provider_id, kid)
      )`);
    // provider_id is null for the service's own signature.
    await runner.query(`
      CREATE TABLE statement_signatures (
        agreement_id uuid NOT NULL,
        statement_id uuid NOT NULL,
        position integer NOT NULL CHECK (position > 0),
        provider_id uuid REFERENCES providers,
        kid text NOT NULL,
        public_jwk jsonb NOT NULL,
        jws text NOT NULL,
        signed_at timestamptz NOT NULL,
        PRIMARY KEY (agreement_id, statement_id, position),
        FOREIGN KEY (agreement_id, statement_id) REFERENCES statements
      )`);
    await runner.query(`
      CREATE UNIQUE INDEX statement_signatures_one_each ON statement_signatures
        (agreement_id, statement_id, coalesce(provider_id, '00000000-0000-0000-0000-000000000000'))`);
    await runner.query(`
      GRANT SELECT, INSERT ON provider_signing_keys, statement_signatures TO peerledger_service`);
    await runner.query(`
      DO $$
      BEGIN
        ASSERT NOT has_table_privilege('peerledger_service', 'statement_signatures', 'UPDATE')
           AND NOT has_table_privilege('peerledger_service', 'statement_signatures', 'DELETE'),
          'what is signed stays signed';
      END
      $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE statement_signatures, provider_signing_keys`);
  }
}
