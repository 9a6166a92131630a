import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The answers that repeated requests get again. */
export class Idempotency1764000000003 implements MigrationInterface {
  name = 'Idempotency1764000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE idempotency_keys (
        caller text NOT NULL,
        route text NOT NULL,
        key text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
        fingerprint bytea NOT NULL CHECK (length(fingerprint) = 32),
        status smallint NOT NULL CHECK (status BETWEEN 200 AND 499),
        headers jsonb NOT NULL,
        body bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (caller, route, key)
      )`);
    await runner.query(`CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at)`);
    await runner.query(`GRANT SELECT, INSERT, DELETE ON idempotency_keys TO peerledger_service`);
    // Readiness compares the applied migrations with those the build knows.
    await runner.query(`GRANT SELECT ON schema_migrations TO peerledger_service`);
    await runner.query(`
      DO $$
      BEGIN
        ASSERT NOT has_table_privilege('peerledger_service', 'idempotency_keys', 'UPDATE'),
          'a stored answer is never changed';
      END
      $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE idempotency_keys`);
  }
}
