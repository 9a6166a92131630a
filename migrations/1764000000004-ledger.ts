import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Expression for the kind of account that the counterparty's book keeps for the same fact; null if none. */
const mirrorOf = (kind: string) => `
  CASE ${kind}
    WHEN 'receivable' THEN 'payable'::ledger_account_kind
    WHEN 'payable' THEN 'receivable'::ledger_account_kind
    WHEN 'disputed_receivable' THEN 'disputed_payable'::ledger_account_kind
    WHEN 'disputed_payable' THEN 'disputed_receivable'::ledger_account_kind
    WHEN 'settlement_revenue' THEN 'settlement_cost'::ledger_account_kind
    WHEN 'settlement_cost' THEN 'settlement_revenue'::ledger_account_kind
    WHEN 'cash_clearing' THEN 'cash_clearing'::ledger_account_kind
  END`;

/**
 * The double-entry books, one a provider, with a hash chain per agreement and book. The schema itself holds
 * that entries balance, that each book mirrors the other, and that a link names the link before it.
 */
export class Ledger1764000000004 implements MigrationInterface {
  name = 'Ledger1764000000004';

  async up(runner: QueryRunner): Promise<void> {
    await createAccounts(runner);
    await createTransactions(runner);
    await createEntries(runner);
    await grant(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE ledger_entries, ledger_heads, ledger_transactions, ledger_accounts`);
    await runner.query(`DROP TYPE ledger_account_kind`);
  }
}

async function createAccounts(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TYPE ledger_account_kind AS ENUM (
      'receivable', 'payable', 'disputed_receivable', 'disputed_payable', 'settlement_revenue',
      'settlement_cost', 'cash_clearing', 'zero_rated_waiver', 'customer_credits')`);
  // Balances are updated in place all the time; free space in the page keeps those updates off the indexes.
  await runner.query(`
    CREATE TABLE ledger_accounts (
      agreement_id uuid NOT NULL,
      id uuid NOT NULL,
      book_id uuid NOT NULL REFERENCES providers,
      counterparty_id uuid NOT NULL REFERENCES providers,
      kind ledger_account_kind NOT NULL,
      currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
      created_at timestamptz NOT NULL,
      balance numeric(50, 0) NOT NULL DEFAULT 0 CHECK (balance <> 'NaN'),
      version bigint NOT NULL DEFAULT 0 CHECK (version >= 0),
      UNIQUE (agreement_id, book_id, kind, currency),
      UNIQUE (agreement_id, book_id, counterparty_id, currency, kind, id),
      CHECK (book_id <> counterparty_id)
    ) WITH (fillfactor = 70)`);
  await runner.query(`
    CREATE INDEX ledger_accounts_by_book ON ledger_accounts (book_id, counterparty_id, currency, agreement_id)`);
  // Last, for the planner: see the entries.
  await runner.query(`ALTER TABLE ledger_accounts ADD PRIMARY KEY (agreement_id, id)`);
}

async function createTransactions(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE ledger_transactions (
      agreement_id uuid NOT NULL,
      book_id uuid NOT NULL,
      sequence bigint NOT NULL CHECK (sequence > 0),
      id uuid NOT NULL,
      source_kind text NOT NULL CHECK (source_kind ~ '^[a-z][a-z_]{0,39}$'),
      source_id uuid NOT NULL,
      effective_at timestamptz NOT NULL,
      recorded_at timestamptz NOT NULL,
      canonical text NOT NULL,
      previous_sequence bigint GENERATED ALWAYS AS (nullif(sequence - 1, 0)) STORED,
      previous_sha256 bytea,
      sha256 bytea NOT NULL,
      PRIMARY KEY (agreement_id, book_id, sequence),
      UNIQUE (agreement_id, book_id, source_kind, source_id),
      UNIQUE (agreement_id, book_id, sequence, sha256),
      CONSTRAINT ledger_transactions_chain
        FOREIGN KEY (agreement_id, book_id, previous_sequence, previous_sha256)
        REFERENCES ledger_transactions (agreement_id, book_id, sequence, sha256),
      CONSTRAINT ledger_transactions_first CHECK ((previous_sha256 IS NULL) = (sequence = 1)),
      CONSTRAINT ledger_transactions_hash
        CHECK (sha256 = sha256(coalesce(previous_sha256, '') || convert_to(canonical, 'UTF8')))
    )`);
  await runner.query(`
    CREATE TABLE ledger_heads (
      agreement_id uuid NOT NULL,
      book_id uuid NOT NULL,
      sequence bigint NOT NULL DEFAULT 0 CHECK (sequence >= 0),
      sha256 bytea,
      recorded_at timestamptz,
      PRIMARY KEY (agreement_id, book_id),
      CONSTRAINT ledger_heads_last FOREIGN KEY (agreement_id, book_id, sequence, sha256)
        REFERENCES ledger_transactions (agreement_id, book_id, sequence, sha256),
      CHECK ((sha256 IS NULL) = (sequence = 0) AND (recorded_at IS NULL) = (sequence = 0))
    ) WITH (fillfactor = 70)`);
}

async function createEntries(runner: QueryRunner): Promise<void> {
  // A twin agrees in everything and names its twin back; deferred, since one of the two comes first.
  await runner.query(`
    CREATE TABLE ledger_entries (
      agreement_id uuid NOT NULL,
      id uuid NOT NULL,
      book_id uuid NOT NULL,
      sequence bigint NOT NULL,
      position integer NOT NULL CHECK (position > 0),
      counterparty_id uuid NOT NULL,
      currency text NOT NULL,
      debit_account_id uuid NOT NULL,
      debit_kind ledger_account_kind NOT NULL,
      credit_account_id uuid NOT NULL,
      credit_kind ledger_account_kind NOT NULL,
      amount numeric(38, 0) NOT NULL CHECK (amount > 0 AND amount <> 'NaN'),
      effective_at timestamptz NOT NULL,
      recorded_at timestamptz NOT NULL,
      twin_id uuid,
      source_line text,
      debit_balance numeric(50, 0) NOT NULL CHECK (debit_balance <> 'NaN'),
      debit_version bigint NOT NULL,
      credit_balance numeric(50, 0) NOT NULL CHECK (credit_balance <> 'NaN'),
      credit_version bigint NOT NULL,
      twin_debit_kind ledger_account_kind GENERATED ALWAYS AS (${mirrorOf('credit_kind')}) STORED,
      twin_credit_kind ledger_account_kind GENERATED ALWAYS AS (${mirrorOf('debit_kind')}) STORED,
      UNIQUE (agreement_id, book_id, sequence, position),
      CONSTRAINT ledger_entries_twin_key
        UNIQUE (agreement_id, id, twin_id, book_id, counterparty_id, debit_kind, credit_kind, amount, currency),
      FOREIGN KEY (agreement_id, book_id, sequence) REFERENCES ledger_transactions,
      CONSTRAINT ledger_entries_debit
        FOREIGN KEY (agreement_id, book_id, counterparty_id, currency, debit_kind, debit_account_id)
        REFERENCES ledger_accounts (agreement_id, book_id, counterparty_id, currency, kind, id),
      CONSTRAINT ledger_entries_credit
        FOREIGN KEY (agreement_id, book_id, counterparty_id, currency, credit_kind, credit_account_id)
        REFERENCES ledger_accounts (agreement_id, book_id, counterparty_id, currency, kind, id),
      CONSTRAINT ledger_entries_twin
        FOREIGN KEY (agreement_id, twin_id, id, counterparty_id, book_id,
                     twin_debit_kind, twin_credit_kind, amount, currency)
        REFERENCES ledger_entries (agreement_id, id, twin_id, book_id, counterparty_id,
                                   debit_kind, credit_kind, amount, currency)
        DEFERRABLE INITIALLY DEFERRED,
      CHECK (debit_account_id <> credit_account_id),
      CONSTRAINT ledger_entries_mirrored CHECK (
        (twin_id IS NULL) = (debit_kind IN ('zero_rated_waiver', 'customer_credits'))
        AND (twin_id IS NULL) = (credit_kind IN ('zero_rated_waiver', 'customer_credits')))
    )`);
  await runner.query(`
    CREATE INDEX ledger_entries_by_book ON ledger_entries (book_id, effective_at, id)`);
  // Last, since among indexes that look alike the planner takes the newest: while the table has no statistics
  // the twin's foreign key would otherwise be checked by walking a whole book, again and again.
  await runner.query(`ALTER TABLE ledger_entries ADD PRIMARY KEY (agreement_id, id)`);
}

async function grant(runner: QueryRunner): Promise<void> {
  await runner.query(`
    GRANT SELECT, INSERT ON ledger_accounts, ledger_transactions, ledger_heads, ledger_entries
    TO peerledger_service`);
  await runner.query(`GRANT UPDATE (balance, version) ON ledger_accounts TO peerledger_service`);
  await runner.query(`GRANT UPDATE (sequence, sha256, recorded_at) ON ledger_heads TO peerledger_service`);
  await runner.query(`
    DO $$
    DECLARE
      name text;
    BEGIN
      FOREACH name IN ARRAY ARRAY['ledger_entries', 'ledger_transactions'] LOOP
        ASSERT NOT has_table_privilege('peerledger_service', name, 'UPDATE, DELETE, TRUNCATE, TRIGGER, REFERENCES')
           AND NOT has_any_column_privilege('peerledger_service', name, 'UPDATE'),
          'entries and transactions of the ledger are only ever added: ' || name;
      END LOOP;
      FOREACH name IN ARRAY ARRAY['ledger_accounts', 'ledger_heads'] LOOP
        ASSERT NOT has_table_privilege('peerledger_service', name, 'UPDATE, DELETE, TRUNCATE'),
          'accounts and heads of the ledger may only move on: ' || name;
      END LOOP;
    END
    $$`);
}
