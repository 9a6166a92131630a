import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Twins and transactions are checked for all entries of a statement at once. Foreign keys do it for each row with a
 * query of its own, which was a third of what PostgreSQL did for a posting. Since both twins of a pair come with one
 * statement, and entries are only ever added, to look among the added ones is to look at all that there can be.
 */
export class TwinsBySet1764000000182 implements MigrationInterface {
  name = 'TwinsBySet1764000000182';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION ledger_mirror(kind ledger_account_kind) RETURNS ledger_account_kind
      LANGUAGE sql IMMUTABLE PARALLEL SAFE
      RETURN CASE kind
        WHEN 'receivable' THEN 'payable'::ledger_account_kind
        WHEN 'payable' THEN 'receivable'::ledger_account_kind
        WHEN 'disputed_receivable' THEN 'disputed_payable'::ledger_account_kind
        WHEN 'disputed_payable' THEN 'disputed_receivable'::ledger_account_kind
        WHEN 'settlement_revenue' THEN 'settlement_cost'::ledger_account_kind
        WHEN 'settlement_cost' THEN 'settlement_revenue'::ledger_account_kind
        WHEN 'cash_clearing' THEN 'cash_clearing'::ledger_account_kind
      END`);
    await runner.query(`
      ALTER TABLE ledger_entries
        DROP CONSTRAINT ledger_entries_twin,
        DROP CONSTRAINT ledger_entries_twin_key,
        DROP CONSTRAINT ledger_entries_agreement_id_book_id_sequence_fkey,
        DROP COLUMN twin_debit_kind,
        DROP COLUMN twin_credit_kind,
        ADD CONSTRAINT ledger_entries_id_key UNIQUE (agreement_id, id)`);
    await this.checkBySet(runner);
  }

  /**
   * Without nested loops, since a plan that was made for a pair would compare each entry of a large posting with all
   * the others. A transaction has few sequences to look up, one in each book, so they are looked up one by one.
   */
  private async checkBySet(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION ledger_check_entries() RETURNS trigger LANGUAGE plpgsql
      SET enable_nestloop TO off
      AS $$
      DECLARE
        wrong uuid;
        own record;
      BEGIN
        FOR own IN SELECT DISTINCT agreement_id, book_id, sequence FROM added LOOP
          PERFORM FROM ledger_transactions AS stored
          WHERE stored.agreement_id = own.agreement_id AND stored.book_id = own.book_id
            AND stored.sequence = own.sequence;
          IF NOT FOUND THEN
            RAISE EXCEPTION 'there is no transaction % of book % for an entry', own.sequence, own.book_id
              USING ERRCODE = 'foreign_key_violation', TABLE = TG_TABLE_NAME,
                    CONSTRAINT = 'ledger_entries_transaction';
          END IF;
        END LOOP;
        SELECT entry.id INTO wrong
        FROM added AS entry
        LEFT JOIN added AS twin
          ON twin.id = entry.twin_id AND twin.twin_id = entry.id AND twin.agreement_id = entry.agreement_id
         AND twin.book_id = entry.counterparty_id AND twin.counterparty_id = entry.book_id
         AND twin.amount = entry.amount AND twin.currency = entry.currency
         AND twin.debit_kind = ledger_mirror(entry.credit_kind) AND twin.credit_kind = ledger_mirror(entry.debit_kind)
        WHERE entry.twin_id IS NOT NULL AND twin.id IS NULL
        LIMIT 1;
        IF FOUND THEN
          RAISE EXCEPTION 'entry % comes without the twin that mirrors it', wrong
            USING ERRCODE = 'foreign_key_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'ledger_entries_twin';
        END IF;
        RETURN NULL;
      END
      $$`);
    await runner.query(`
      CREATE TRIGGER ledger_entries_checked AFTER INSERT ON ledger_entries
      REFERENCING NEW TABLE AS added
      FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_entries()`);
  }

  async down(): Promise<void> {
    throw new Error('The ledger keeps what it has; restore a backup instead.');
  }
}
