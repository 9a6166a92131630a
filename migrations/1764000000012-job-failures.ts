import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How often a job failed for a reason that may pass: waiting in the queue is no failure. */
export class JobFailures1764000000012 implements MigrationInterface {
  name = 'JobFailures1764000000012';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE jobs ADD COLUMN failures integer NOT NULL DEFAULT 0 CHECK (failures >= 0)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE jobs DROP COLUMN failures`);
  }
}
