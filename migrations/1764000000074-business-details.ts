import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What documents say of a provider beside its name: address and identifiers. The latest counts; all stay on record. */
export class BusinessDetails1764000000074 implements MigrationInterface {
  name = 'BusinessDetails1764000000074';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE provider_business_details (
        provider_id uuid NOT NULL REFERENCES providers,
        position integer NOT NULL CHECK (position > 0),
        recorded_at timestamptz NOT NULL,
        document jsonb NOT NULL,
        PRIMARY KEY (provider_id, position)
      )`);
    await runner.query(`GRANT SELECT, INSERT ON provider_business_details TO peerledger_service`);
    await runner.query(`
      DO $$
      BEGIN
        ASSERT NOT has_table_privilege('peerledger_service', 'provider_business_details', 'UPDATE, DELETE, TRUNCATE'),
          'what documents said of a provider stays on record';
      END
      $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE provider_business_details`);
  }
}
