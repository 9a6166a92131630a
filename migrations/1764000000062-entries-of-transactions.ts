import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Both instants stand in the transaction alone, of which all entries are: once instead of with each entry, where
 * they could differ, and with an index of transactions instead of entries to list a book by effective time.
 */
export class EntriesOfTransactions1764000000062 implements MigrationInterface {
  name = 'EntriesOfTransactions1764000000062';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DO $$
      BEGIN
        ASSERT NOT EXISTS (
          SELECT FROM ledger_entries AS entry
          JOIN ledger_transactions AS own USING (agreement_id, book_id, sequence)
          WHERE entry.effective_at <> own.effective_at OR entry.recorded_at <> own.recorded_at),
          'an entry carries other instants than its transaction: verify the ledger first';
      END
      $$`);
    await runner.query(`
      CREATE INDEX ledger_transactions_by_book
        ON ledger_transactions (book_id, effective_at, agreement_id, sequence)`);
    await runner.query(`DROP INDEX ledger_entries_by_book`);
    await runner.query(`ALTER TABLE ledger_entries DROP COLUMN effective_at, DROP COLUMN recorded_at`);
  }

  async down(): Promise<void> {
    throw new Error('The ledger keeps what it has; restore a backup instead.');
  }
}
