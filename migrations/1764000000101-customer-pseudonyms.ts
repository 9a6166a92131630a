import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Keyed pseudonyms in the place of customers' references: each provider's keys, sealed, and what stands for what.
 * Both belong to the provider alone. Rows of either may be destroyed, which is all that erasing a customer takes.
 */
export class CustomerPseudonyms1764000000101 implements MigrationInterface {
  name = 'CustomerPseudonyms1764000000101';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE customer_keys (
        provider_id uuid NOT NULL REFERENCES providers,
        version integer NOT NULL CHECK (version > 0),
        sealed bytea,
        created_at timestamptz NOT NULL,
        destroyed_at timestamptz,
        PRIMARY KEY (provider_id, version),
        CHECK ((sealed IS NULL) = (destroyed_at IS NOT NULL))
      )`);
    await runner.query(`
      CREATE TABLE customer_references (
        provider_id uuid NOT NULL,
        pseudonym text NOT NULL,
        key_version integer NOT NULL,
        reference text NOT NULL,
        PRIMARY KEY (provider_id, pseudonym),
        FOREIGN KEY (provider_id, key_version) REFERENCES customer_keys
      )`);
    await runner.query(
      `CREATE INDEX customer_references_by_reference ON customer_references (provider_id, reference)`,
    );
    await runner.query(`GRANT SELECT, INSERT ON customer_keys TO peerledger_service`);
    await runner.query(`GRANT UPDATE (sealed, destroyed_at) ON customer_keys TO peerledger_service`);
    await runner.query(`GRANT SELECT, INSERT, DELETE ON customer_references TO peerledger_service`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE customer_references, customer_keys`);
  }
}
