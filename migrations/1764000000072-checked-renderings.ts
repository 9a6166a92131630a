import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Checks look at the bytes of renderings too; those before did not. */
export class CheckedRenderings1764000000072 implements MigrationInterface {
  name = 'CheckedRenderings1764000000072';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE integrity_checks ADD COLUMN renderings bigint NOT NULL DEFAULT 0`);
    await runner.query(`ALTER TABLE integrity_checks ALTER COLUMN renderings DROP DEFAULT`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE integrity_checks DROP COLUMN renderings`);
  }
}
