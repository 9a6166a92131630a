import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Heads of the ledger's chains, one with each statement, for both parties to keep; and what checks found. */
export class Integrity1764000000042 implements MigrationInterface {
  name = 'Integrity1764000000042';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE ledger_seals (
        agreement_id uuid NOT NULL REFERENCES agreements,
        number integer NOT NULL CHECK (number > 0),
        statement_id uuid NOT NULL,
        period text NOT NULL,
        document text NOT NULL,
        sha256 text NOT NULL,
        PRIMARY KEY (agreement_id, number),
        UNIQUE (agreement_id, statement_id),
        FOREIGN KEY (agreement_id, statement_id) REFERENCES statements,
        CONSTRAINT ledger_seals_hash CHECK (sha256 = encode(sha256(convert_to(document, 'UTF8')), 'hex'))
      )`);
    await runner.query(`
      CREATE TABLE integrity_checks (
        id uuid PRIMARY KEY,
        started_at timestamptz NOT NULL,
        finished_at timestamptz NOT NULL,
        agreements integer NOT NULL,
        transactions bigint NOT NULL,
        entries bigint NOT NULL,
        statements bigint NOT NULL,
        seals bigint NOT NULL,
        problem jsonb
      )`);
    await runner.query(`GRANT SELECT, INSERT ON ledger_seals, integrity_checks TO peerledger_service`);
    await runner.query(`
      DO $$
      BEGIN
        ASSERT NOT has_table_privilege('peerledger_service', 'ledger_seals', 'UPDATE, DELETE, TRUNCATE')
           AND NOT has_table_privilege('peerledger_service', 'integrity_checks', 'UPDATE, DELETE, TRUNCATE'),
          'what was sealed, and what was found, stays';
      END
      $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE integrity_checks, ledger_seals`);
  }
}
