import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When an agreement rests, and when it ends. */
export class AgreementLife1764000000009 implements MigrationInterface {
  name = 'AgreementLife1764000000009';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE agreements
        ADD COLUMN last_period text CHECK (last_period ~ '^\\d{4}-(0[1-9]|1[0-2])$')`);
    await runner.query(`
      CREATE TABLE agreement_suspensions (
        agreement_id uuid NOT NULL REFERENCES agreements,
        suspended_at timestamptz NOT NULL,
        suspended_by uuid REFERENCES providers,
        resumed_at timestamptz,
        PRIMARY KEY (agreement_id, suspended_at),
        CHECK (resumed_at > suspended_at)
      )`);
    await runner.query(`
      CREATE UNIQUE INDEX agreement_suspensions_open ON agreement_suspensions (agreement_id)
        WHERE resumed_at IS NULL`);
    await runner.query(`GRANT UPDATE (last_period) ON agreements TO peerledger_service`);
    await runner.query(`GRANT SELECT, INSERT ON agreement_suspensions TO peerledger_service`);
    await runner.query(`GRANT UPDATE (resumed_at) ON agreement_suspensions TO peerledger_service`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE agreement_suspensions`);
    await runner.query(`ALTER TABLE agreements DROP COLUMN last_period`);
  }
}
