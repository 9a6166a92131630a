import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What happens to a statement after its issue: who accepted it, what settled it, why it was made void. */
export class StatementLife1764000000050 implements MigrationInterface {
  name = 'StatementLife1764000000050';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE statements
        ADD COLUMN acceptance_due timestamptz,
        ADD COLUMN disputable_until timestamptz`);
    await runner.query(`
      UPDATE statements
         SET acceptance_due = (document::jsonb ->> 'acceptanceDue')::timestamptz,
             disputable_until = (document::jsonb ->> 'disputableUntil')::timestamptz`);
    await runner.query(`
      ALTER TABLE statements
        ALTER COLUMN acceptance_due SET NOT NULL,
        ALTER COLUMN disputable_until SET NOT NULL`);
    await runner.query(`
      CREATE INDEX statements_by_acceptance_due ON statements (acceptance_due) WHERE state = 'issued'`);
    await runner.query(`
      CREATE TABLE statement_steps (
        agreement_id uuid NOT NULL,
        statement_id uuid NOT NULL,
        position integer NOT NULL CHECK (position > 0),
        kind text NOT NULL
          CHECK (kind IN ('accept', 'deem', 'dispute', 'resolve', 'withdraw', 'settle', 'unsettle', 'void')),
        from_state text NOT NULL,
        to_state text NOT NULL,
        taken_at timestamptz NOT NULL,
        provider_id uuid REFERENCES providers,
        reason text,
        PRIMARY KEY (agreement_id, statement_id, position),
        FOREIGN KEY (agreement_id, statement_id) REFERENCES statements,
        CHECK ((provider_id IS NOT NULL) = (kind IN ('accept', 'dispute')))
      )`);
    await runner.query(`
      CREATE UNIQUE INDEX statement_steps_one_acceptance
        ON statement_steps (agreement_id, statement_id, provider_id) WHERE kind = 'accept'`);
    await runner.query(`GRANT SELECT, INSERT ON statement_steps TO peerledger_service`);
    await runner.query(`
      DO $$
      BEGIN
        ASSERT NOT has_table_privilege('peerledger_service', 'statement_steps', 'UPDATE')
           AND NOT has_table_privilege('peerledger_service', 'statement_steps', 'DELETE'),
          'what happened stays on record';
      END
      $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE statement_steps`);
    await runner.query(`ALTER TABLE statements DROP COLUMN acceptance_due, DROP COLUMN disputable_until`);
  }
}
