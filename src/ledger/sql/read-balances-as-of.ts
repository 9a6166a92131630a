import type { Queryable } from '../../platform/database/index.js';
import type { AccountSums } from '../rules/balances.js';
import { sumsFrom, type BalancesOf, type SumsRow } from './read-balances.js';

export interface AsOf {
  /** Inclusive; absent: whatever the effective time. */
  asOf?: Date | undefined;
  /** Inclusive; absent: whatever the recorded time. */
  recordedAsOf?: Date | undefined;
}

/** The balances as the transactions up to two instants make them; an account without any of them counts as zero. */
export async function readBalancesAsOf(db: Queryable, of: BalancesOf & AsOf): Promise<AccountSums[]> {
  const rows = await db.query<SumsRow>(
    `WITH chosen AS (
       SELECT entry.agreement_id, entry.currency, entry.debit_kind, entry.credit_kind, entry.amount
       FROM ledger_transactions AS own
       JOIN ledger_entries AS entry
         ON entry.agreement_id = own.agreement_id AND entry.book_id = own.book_id AND entry.sequence = own.sequence
       WHERE own.book_id = $1
         AND own.effective_at <= coalesce($4::timestamptz, 'infinity')
         AND own.recorded_at <= coalesce($5::timestamptz, 'infinity')
         AND ($2::uuid IS NULL OR entry.counterparty_id = $2)
         AND ($3::text IS NULL OR entry.currency = $3)
         AND ($6::uuid IS NULL OR own.agreement_id = $6)
     ), moves AS (
       SELECT agreement_id, currency, debit_kind AS kind, amount FROM chosen
       UNION ALL
       SELECT agreement_id, currency, credit_kind, -amount FROM chosen
     ), sums AS (
       SELECT agreement_id, currency, kind, sum(amount) AS balance FROM moves
       GROUP BY agreement_id, currency, kind
     )
     SELECT account.counterparty_id, account.currency, account.agreement_id,
            coalesce(sum(sums.balance) FILTER (WHERE account.kind = 'receivable'), 0) AS receivable,
            coalesce(sum(sums.balance) FILTER (WHERE account.kind = 'payable'), 0) AS payable,
            coalesce(sum(sums.balance) FILTER (WHERE account.kind = 'disputed_receivable'), 0) AS disputed_receivable,
            coalesce(sum(sums.balance) FILTER (WHERE account.kind = 'disputed_payable'), 0) AS disputed_payable,
            coalesce(sum(sums.balance) FILTER (WHERE account.kind = 'customer_credits'), 0) AS customer_credits
     FROM ledger_accounts AS account
     LEFT JOIN sums ON sums.agreement_id = account.agreement_id AND sums.currency = account.currency
      AND sums.kind = account.kind
     WHERE account.book_id = $1
       AND ($2::uuid IS NULL OR account.counterparty_id = $2)
       AND ($3::text IS NULL OR account.currency = $3)
       AND ($6::uuid IS NULL OR account.agreement_id = $6)
     GROUP BY account.counterparty_id, account.currency, account.agreement_id
     ORDER BY account.counterparty_id, account.currency, account.agreement_id`,
    [
      of.bookId,
      of.counterpartyId ?? null,
      of.currency ?? null,
      of.asOf?.toISOString() ?? null,
      of.recordedAsOf?.toISOString() ?? null,
      of.agreementId ?? null,
    ],
  );
  return rows.map(sumsFrom);
}
