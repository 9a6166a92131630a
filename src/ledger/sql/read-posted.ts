import type { Queryable } from '../../platform/database/index.js';

/** What names a source document of an agreement. */
export interface PostedSource {
  sourceKind: string;
  sourceId: string;
}

/** What a source document changed in one book, in minor units. */
export interface PostedChange extends PostedSource {
  bookId: string;
  effectiveAt: Date;
  /** By how much more the book is owed, disputed or not. */
  receivable: bigint;
  /** By how much more it owes, disputed or not. */
  payable: bigint;
  /** By how much more of both is disputed. */
  disputed: bigint;
  /** By how much more it credited to its own customers. */
  customerCredits: bigint;
}

/** A sum of what is debited to accounts less what is credited to them. */
const debited = (kinds: string) => `
  coalesce(sum(e.amount) FILTER (WHERE e.debit_kind IN (${kinds})), 0)
    - coalesce(sum(e.amount) FILTER (WHERE e.credit_kind IN (${kinds})), 0)`;

type Row = Omit<PostedChange, 'receivable' | 'payable' | 'disputed' | 'customerCredits'> &
  Record<'receivable' | 'payable' | 'disputedReceivable' | 'disputedPayable' | 'customerCredits', string>;

/** What source documents of an agreement changed, by document and book; nothing of those that posted nothing. */
export async function readPosted(
  db: Queryable,
  agreementId: string,
  sources: readonly PostedSource[],
): Promise<PostedChange[]> {
  const rows = await db.query<Row>(
    `SELECT t.source_kind AS "sourceKind", t.source_id AS "sourceId", t.book_id AS "bookId",
            t.effective_at AS "effectiveAt",
            ${debited(`'receivable', 'disputed_receivable'`)} AS receivable,
            - (${debited(`'payable', 'disputed_payable'`)}) AS payable,
            ${debited(`'disputed_receivable'`)} AS "disputedReceivable",
            - (${debited(`'disputed_payable'`)}) AS "disputedPayable",
            - (${debited(`'customer_credits'`)}) AS "customerCredits"
       FROM unnest($2::text[], $3::uuid[]) AS source (kind, id)
       JOIN ledger_transactions t
         ON t.agreement_id = $1 AND t.source_kind = source.kind AND t.source_id = source.id
       JOIN ledger_entries e
         ON e.agreement_id = t.agreement_id AND e.book_id = t.book_id AND e.sequence = t.sequence
      GROUP BY t.agreement_id, t.book_id, t.sequence`,
    [agreementId, sources.map(({ sourceKind }) => sourceKind), sources.map(({ sourceId }) => sourceId)],
  );
  return rows.map(
    ({ receivable, payable, disputedReceivable, disputedPayable, customerCredits, ...row }) => ({
      ...row,
      receivable: BigInt(receivable),
      payable: BigInt(payable),
      disputed: BigInt(disputedReceivable) + BigInt(disputedPayable),
      customerCredits: BigInt(customerCredits),
    }),
  );
}
