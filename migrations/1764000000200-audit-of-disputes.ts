import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Steps of disputes are held against the audit log, which has their hashes; found by the agreement and dispute. */
export class AuditOfDisputes1764000000200 implements MigrationInterface {
  name = 'AuditOfDisputes1764000000200';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX audit_events_of_disputes ON audit_events (agreement, resource_id)
        WHERE resource_kind = 'dispute'`);
    await runner.query(`ALTER TABLE integrity_checks ADD COLUMN dispute_steps bigint NOT NULL DEFAULT 0`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE integrity_checks DROP COLUMN dispute_steps`);
    await runner.query(`DROP INDEX audit_events_of_disputes`);
  }
}
