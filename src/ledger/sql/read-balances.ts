import type { Queryable } from '../../platform/database/index.js';
import type { AccountSums } from '../rules/balances.js';

export interface BalancesOf {
  bookId: string;
  agreementId?: string | undefined;
  counterpartyId?: string | undefined;
  currency?: string | undefined;
}

/** The balances that the accounts hold now, one for each counterparty, currency and agreement. */
export async function readBalances(db: Queryable, of: BalancesOf): Promise<AccountSums[]> {
  const rows = await db.query<SumsRow>(
    `SELECT counterparty_id, currency, agreement_id,
            coalesce(sum(balance) FILTER (WHERE kind = 'receivable'), 0) AS receivable,
            coalesce(sum(balance) FILTER (WHERE kind = 'payable'), 0) AS payable,
            coalesce(sum(balance) FILTER (WHERE kind = 'disputed_receivable'), 0) AS disputed_receivable,
            coalesce(sum(balance) FILTER (WHERE kind = 'disputed_payable'), 0) AS disputed_payable,
            coalesce(sum(balance) FILTER (WHERE kind = 'customer_credits'), 0) AS customer_credits
     FROM ledger_accounts
     WHERE book_id = $1
       AND ($2::uuid IS NULL OR counterparty_id = $2)
       AND ($3::text IS NULL OR currency = $3)
       AND ($4::uuid IS NULL OR agreement_id = $4)
     GROUP BY counterparty_id, currency, agreement_id
     ORDER BY counterparty_id, currency, agreement_id`,
    [of.bookId, of.counterpartyId ?? null, of.currency ?? null, of.agreementId ?? null],
  );
  return rows.map(sumsFrom);
}

export interface SumsRow {
  counterparty_id: string;
  currency: string;
  agreement_id: string;
  receivable: string;
  payable: string;
  disputed_receivable: string;
  disputed_payable: string;
  customer_credits: string;
}

export function sumsFrom(row: SumsRow): AccountSums {
  return {
    counterpartyId: row.counterparty_id,
    currency: row.currency,
    agreementId: row.agreement_id,
    receivable: BigInt(row.receivable),
    payable: BigInt(row.payable),
    disputedReceivable: BigInt(row.disputed_receivable),
    disputedPayable: BigInt(row.disputed_payable),
    customerCredits: BigInt(row.customer_credits),
  };
}
