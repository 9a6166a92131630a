import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sessions of the web console. One that ends is deleted; what remains can still be used. */
export class Sessions1764000000090 implements MigrationInterface {
  name = 'Sessions1764000000090';

  async up(runner: QueryRunner): Promise<void> {
    // api_key_id is null for a session made from a token; then key_id stands for the token's subject.
    await runner.query(`
      CREATE TABLE sessions (
        id uuid PRIMARY KEY,
        secret_sha256 bytea NOT NULL UNIQUE CHECK (length(secret_sha256) = 32),
        key_id uuid NOT NULL,
        api_key_id uuid REFERENCES api_keys CHECK (api_key_id = key_id),
        provider_id uuid REFERENCES providers,
        scopes text[] NOT NULL CHECK (cardinality(scopes) > 0),
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL CHECK (expires_at > created_at),
        last_used_at timestamptz NOT NULL,
        CHECK ((provider_id IS NULL) = ('operator' = ANY (scopes)))
      )`);
    await runner.query(`CREATE INDEX sessions_by_key ON sessions (key_id, id)`);
    await runner.query(`CREATE INDEX sessions_by_expiry ON sessions (expires_at)`);
    await runner.query(`GRANT SELECT, INSERT, DELETE ON sessions TO peerledger_service`);
    await runner.query(`GRANT UPDATE (last_used_at) ON sessions TO peerledger_service`);
    await runner.query(`
      DO $$
      BEGIN
        ASSERT NOT has_column_privilege('peerledger_service', 'sessions', 'expires_at', 'UPDATE')
           AND NOT has_column_privilege('peerledger_service', 'sessions', 'scopes', 'UPDATE'),
          'a session is neither prolonged nor given more scopes';
      END
      $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE sessions`);
  }
}
