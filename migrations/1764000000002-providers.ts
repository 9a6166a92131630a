import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Providers, their API keys and their list prices. */
export class Providers1764000000002 implements MigrationInterface {
  name = 'Providers1764000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE providers (
        id uuid PRIMARY KEY,
        code text NOT NULL UNIQUE CHECK (code ~ '^[a-z0-9](-?[a-z0-9])*$' AND length(code) <= 63),
        name text NOT NULL,
        asns bigint[] NOT NULL,
        billing_currency text NOT NULL CHECK (billing_currency ~ '^[A-Z]{3}$'),
        created_at timestamptz NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE api_keys (
        id uuid PRIMARY KEY,
        provider_id uuid REFERENCES providers,
        name text NOT NULL,
        scopes text[] NOT NULL CHECK (cardinality(scopes) > 0),
        key_sha256 bytea NOT NULL UNIQUE CHECK (length(key_sha256) = 32),
        created_at timestamptz NOT NULL,
        expires_at timestamptz,
        revoked_at timestamptz,
        last_used_at timestamptz,
        CHECK ((provider_id IS NULL) = ('operator' = ANY (scopes)))
      )`);
    await runner.query(`CREATE INDEX api_keys_by_provider ON api_keys (provider_id, id)`);
    // A price that covers every region has region '' so that the unique key holds on PostgreSQL 15 too.
    await runner.query(`
      CREATE TABLE list_prices (
        provider_id uuid NOT NULL REFERENCES providers,
        id uuid NOT NULL,
        side text NOT NULL CHECK (side IN ('egress', 'ingress')),
        region text NOT NULL DEFAULT '',
        valid_from timestamptz NOT NULL,
        unit text NOT NULL CHECK (unit IN ('GB', 'TB', 'PB', 'GiB', 'TiB', 'PiB')),
        unit_price numeric NOT NULL CHECK (unit_price >= 0 AND scale(unit_price) <= 12),
        created_at timestamptz NOT NULL,
        PRIMARY KEY (provider_id, id),
        UNIQUE (provider_id, side, region, valid_from),
        CHECK (date_trunc('day', valid_from AT TIME ZONE 'UTC') = valid_from AT TIME ZONE 'UTC')
      )`);
    await runner.query(`GRANT SELECT, INSERT ON providers, list_prices TO peerledger_service`);
    await runner.query(`GRANT SELECT, INSERT ON api_keys TO peerledger_service`);
    await runner.query(`GRANT UPDATE (revoked_at, last_used_at) ON api_keys TO peerledger_service`);
    await runner.query(`
      DO $$
      BEGIN
        ASSERT NOT has_table_privilege('peerledger_service', 'list_prices', 'UPDATE, DELETE'),
          'list prices are only ever added';
      END
      $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE list_prices, api_keys, providers`);
  }
}
