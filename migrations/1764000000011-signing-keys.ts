import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The service's keys for signing. They are only ever added; the latest signs, all of them verify. */
export class SigningKeys1764000000011 implements MigrationInterface {
  name = 'SigningKeys1764000000011';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE signing_keys (
        kid text PRIMARY KEY,
        public_jwk jsonb NOT NULL,
        private_pkcs8 bytea,
        created_at timestamptz NOT NULL
      )`);
    await runner.query(`GRANT SELECT, INSERT ON signing_keys TO peerledger_service`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE signing_keys`);
  }
}
