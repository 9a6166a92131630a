import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Postings a set at a time. An entry names its accounts by what they are found by, book, currency and kind, so
 * that a debit and a credit of two books or currencies cannot even be written, and no row needs to be looked
 * up for it. One index the fewer keeps ids and mirror images apart.
 */
export class LedgerBySet1764000000041 implements MigrationInterface {
  name = 'LedgerBySet1764000000041';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE ledger_entries
        DROP CONSTRAINT ledger_entries_debit,
        DROP CONSTRAINT ledger_entries_credit,
        DROP COLUMN debit_account_id,
        DROP COLUMN credit_account_id,
        ADD CONSTRAINT ledger_entries_two_accounts CHECK (debit_kind <> credit_kind),
        DROP CONSTRAINT ledger_entries_pkey,
        DROP CONSTRAINT ledger_entries_agreement_id_book_id_sequence_position_key,
        ADD PRIMARY KEY (agreement_id, book_id, sequence, position)`);
    // Anew and last: while the table has no statistics the planner takes the newest of indexes that look alike,
    // and with the primary key a twin would be looked for in its whole book, again and again.
    await runner.query(`
      ALTER TABLE ledger_entries
        DROP CONSTRAINT ledger_entries_twin,
        DROP CONSTRAINT ledger_entries_twin_key`);
    await runner.query(`
      ALTER TABLE ledger_entries
        ADD CONSTRAINT ledger_entries_twin_key
          UNIQUE (agreement_id, id, twin_id, book_id, counterparty_id, debit_kind, credit_kind, amount, currency),
        ADD CONSTRAINT ledger_entries_twin
          FOREIGN KEY (agreement_id, twin_id, id, counterparty_id, book_id,
                       twin_debit_kind, twin_credit_kind, amount, currency)
          REFERENCES ledger_entries (agreement_id, id, twin_id, book_id, counterparty_id,
                                     debit_kind, credit_kind, amount, currency)
          DEFERRABLE INITIALLY DEFERRED`);
    // Compressing took longer than hashing; lz4 is quick, and not in every build of the server.
    await runner.query(`
      DO $$
      BEGIN
        ALTER TABLE ledger_transactions ALTER COLUMN canonical SET COMPRESSION lz4;
      EXCEPTION WHEN feature_not_supported THEN
        ALTER TABLE ledger_transactions ALTER COLUMN canonical SET STORAGE EXTERNAL;
      END
      $$`);
  }

  async down(): Promise<void> {
    throw new Error('The ledger keeps what it has; restore a backup instead.');
  }
}
