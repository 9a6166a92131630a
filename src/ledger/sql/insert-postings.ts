import type { Queryable } from '../../platform/database/index.js';
import type { Posting } from '../rules/post.js';

/**
 * Stores a posting in one statement: transactions, entries, balances and heads. All of it is locked. False, and
 * nothing is stored, when the source document has been posted before.
 */
export async function insertPostings(
  db: Queryable,
  agreementId: string,
  { transactions, accounts }: Posting,
): Promise<boolean> {
  const [{ sourceKind, sourceId, effectiveAt, recordedAt }] = transactions as [Posting['transactions'][0]];
  const entries = transactions.flatMap((each, book) =>
    each.entries.map((entry) => ({ entry, book: book + 1 })),
  );
  const sides = entries.map(({ entry }) => entry);
  const values = [
    agreementId,
    sourceKind,
    sourceId,
    effectiveAt.toISOString(),
    recordedAt.toISOString(),
    plainArray(transactions.map(({ bookId }) => bookId)),
    plainArray(transactions.map(({ sequence }) => sequence)),
    plainArray(transactions.map(({ id }) => id)),
    // One by one, since in an array every quote of them would have to be escaped.
    transactions[0]!.canonical,
    transactions[1]?.canonical ?? null,
    transactions.map(({ previousSha256 }) => previousSha256),
    transactions.map(({ sha256 }) => sha256),
    plainArray(entries.map(({ book }) => book)),
    plainArray(sides.map(({ id }) => id)),
    plainArray(sides.map(({ position }) => position)),
    plainArray(sides.map(({ counterpartyId }) => counterpartyId)),
    plainArray(sides.map(({ currency }) => currency)),
    plainArray(sides.map(({ amount }) => amount)),
    plainArray(sides.map(({ twinId }) => twinId ?? 'NULL')),
    sides.map(({ sourceLine }) => sourceLine),
    plainArray(sides.map(({ debit }) => debit.kind)),
    plainArray(sides.map(({ debit }) => debit.balance)),
    plainArray(sides.map(({ debit }) => debit.version)),
    plainArray(sides.map(({ credit }) => credit.kind)),
    plainArray(sides.map(({ credit }) => credit.balance)),
    plainArray(sides.map(({ credit }) => credit.version)),
    plainArray(accounts.map(({ id }) => id)),
    plainArray(accounts.map(({ balance }) => balance)),
    plainArray(accounts.map(({ version }) => version)),
  ];
  const moved = await db.query(SQL, values, 'ledger_insert_postings');
  return moved.length > 0;
}

const SQL = `
  WITH posted AS (
    INSERT INTO ledger_transactions (agreement_id, book_id, sequence, id, source_kind, source_id,
      effective_at, recorded_at, canonical, previous_sha256, sha256)
    SELECT $1::uuid, book_id, sequence, id, $2, $3::uuid, $4::timestamptz, $5::timestamptz,
           canonical, previous_sha256, sha256
    FROM unnest($6::uuid[], $7::bigint[], $8::uuid[], ARRAY[$9::text, $10::text], $11::bytea[], $12::bytea[])
      AS link (book_id, sequence, id, canonical, previous_sha256, sha256)
    WHERE book_id IS NOT NULL
    ON CONFLICT (agreement_id, book_id, source_kind, source_id) DO NOTHING
    RETURNING book_id
  ), entered AS (
    INSERT INTO ledger_entries (agreement_id, book_id, sequence,
      id, position, counterparty_id, currency, amount, twin_id, source_line,
      debit_kind, debit_balance, debit_version, credit_kind, credit_balance, credit_version)
    SELECT $1::uuid, ($6::uuid[])[book], ($7::bigint[])[book],
           id, position, counterparty_id, currency, amount, twin_id, source_line,
           debit_kind, debit_balance, debit_version, credit_kind, credit_balance, credit_version
    FROM unnest($13::integer[], $14::uuid[], $15::integer[], $16::uuid[], $17::text[], $18::numeric[],
                $19::uuid[], $20::text[],
                $21::ledger_account_kind[], $22::numeric[], $23::bigint[],
                $24::ledger_account_kind[], $25::numeric[], $26::bigint[])
      AS entry (book, id, position, counterparty_id, currency, amount, twin_id, source_line,
                debit_kind, debit_balance, debit_version, credit_kind, credit_balance, credit_version)
    WHERE EXISTS (SELECT FROM posted)
  ), moved AS (
    UPDATE ledger_accounts AS account
    SET balance = state.balance, version = state.version
    FROM unnest($27::uuid[], $28::numeric[], $29::bigint[]) AS state (id, balance, version)
    WHERE account.agreement_id = $1 AND account.id = state.id AND EXISTS (SELECT FROM posted)
  )
  UPDATE ledger_heads AS head
  SET sequence = link.sequence, sha256 = link.sha256, recorded_at = $5::timestamptz
  FROM unnest($6::uuid[], $7::bigint[], $12::bytea[]) AS link (book_id, sequence, sha256)
  WHERE head.agreement_id = $1 AND head.book_id = link.book_id AND EXISTS (SELECT FROM posted)
  RETURNING head.book_id`;

/** The literal of an array of ids, numbers or plain words, which need no quotes: a large part of the time. */
function plainArray(values: readonly (string | number | bigint)[]): string {
  return `{${values.join(',')}}`;
}
