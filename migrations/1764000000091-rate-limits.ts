import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How often keys and providers have called of late, as `rate-limiter-flexible` keeps it. Unlogged: a crash of the
 * server forgets a minute's counts, and no count waits for the disk.
 */
export class RateLimits1764000000091 implements MigrationInterface {
  name = 'RateLimits1764000000091';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE UNLOGGED TABLE rate_limits (
        key varchar(255) PRIMARY KEY,
        points integer NOT NULL DEFAULT 0,
        expire bigint
      )`);
    await runner.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON rate_limits TO peerledger_service`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE rate_limits`);
  }
}
