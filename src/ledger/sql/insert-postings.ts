import type { Queryable } from '../../platform/database/index.js';
import type { Posting } from '../rules/post.js';
import type { LedgerEntry } from '../rules/transaction.js';

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
  const entries = transactions.flatMap((each) => each.entries);
  const moves = movesOf(transactions);
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
    plainArray(moves.kinds.map(({ book }) => book)),
    plainArray(moves.kinds.map(({ counterpartyId }) => counterpartyId)),
    plainArray(moves.kinds.map(({ currency }) => currency)),
    plainArray(moves.kinds.map(({ debit }) => debit.kind)),
    plainArray(moves.kinds.map(({ credit }) => credit.kind)),
    plainArray(moves.ofEntries),
    plainArray(entries.map(({ id }) => id)),
    plainArray(entries.map(({ position }) => position)),
    plainArray(entries.map(({ amount }) => amount)),
    plainArray(entries.map(({ twinId }) => twinId ?? 'NULL')),
    entries.map(({ sourceLine }) => sourceLine),
    plainArray(entries.map(({ debit }) => debit.balance)),
    plainArray(entries.map(({ debit }) => debit.version)),
    plainArray(entries.map(({ credit }) => credit.balance)),
    plainArray(entries.map(({ credit }) => credit.version)),
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
    SELECT $1::uuid, ($6::uuid[])[($13::integer[])[move]], ($7::bigint[])[($13::integer[])[move]],
           id, position, ($14::uuid[])[move], ($15::text[])[move], amount, twin_id, source_line,
           ($16::ledger_account_kind[])[move], debit_balance, debit_version,
           ($17::ledger_account_kind[])[move], credit_balance, credit_version
    FROM unnest($18::integer[], $19::uuid[], $20::integer[], $21::numeric[], $22::uuid[], $23::text[],
                $24::numeric[], $25::bigint[], $26::numeric[], $27::bigint[])
      AS entry (move, id, position, amount, twin_id, source_line,
                debit_balance, debit_version, credit_balance, credit_version)
    WHERE EXISTS (SELECT FROM posted)
  ), moved AS (
    UPDATE ledger_accounts AS account
    SET balance = state.balance, version = state.version
    FROM unnest($28::uuid[], $29::numeric[], $30::bigint[]) AS state (id, balance, version)
    WHERE account.agreement_id = $1 AND account.id = state.id AND EXISTS (SELECT FROM posted)
  )
  UPDATE ledger_heads AS head
  SET sequence = link.sequence, sha256 = link.sha256, recorded_at = $5::timestamptz
  FROM unnest($6::uuid[], $7::bigint[], $12::bytea[]) AS link (book_id, sequence, sha256)
  WHERE head.agreement_id = $1 AND head.book_id = link.book_id AND EXISTS (SELECT FROM posted)
  RETURNING head.book_id`;

/** Between which accounts of which book money moves: few of them, however many entries there are. */
interface Moves {
  kinds: (LedgerEntry & { book: number })[];
  /** For each entry which of the kinds it is, from 1. */
  ofEntries: number[];
}

function movesOf(transactions: Posting['transactions']): Moves {
  const kinds: Moves['kinds'] = [];
  const ofEntries = transactions.flatMap(({ entries }, index) =>
    entries.map((entry) => {
      const book = index + 1;
      const known = kinds.findIndex(
        (each) =>
          each.book === book &&
          each.debit.kind === entry.debit.kind &&
          each.credit.kind === entry.credit.kind &&
          each.currency === entry.currency &&
          each.counterpartyId === entry.counterpartyId,
      );
      return known >= 0 ? known + 1 : kinds.push({ ...entry, book });
    }),
  );
  return { kinds, ofEntries };
}

/** The literal of an array of ids, numbers or plain words, which need no quotes: a large part of the time. */
function plainArray(values: readonly (string | number | bigint)[]): string {
  return `{${values.join(',')}}`;
}
