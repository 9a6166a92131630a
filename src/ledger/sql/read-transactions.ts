import type { Queryable } from '../../platform/database/index.js';
import type { StoredTransaction } from '../rules/verify-chain.js';

export type TransactionHeader = Omit<StoredTransaction, 'entries' | 'unmirrored'>;

export interface ChainPosition {
  agreementId: string;
  bookId: string;
  /** The last sequence that was read; null at the start. */
  after: bigint | null;
}

/** The next transactions of a chain, without their entries. */
export async function readTransactions(
  db: Queryable,
  { agreementId, bookId, after }: ChainPosition,
  limit: number,
): Promise<TransactionHeader[]> {
  const rows = await db.query<Row>(
    `SELECT sequence, id, source_kind, source_id, effective_at, recorded_at, canonical, previous_sha256, sha256,
            date_trunc('milliseconds', effective_at) = effective_at
              AND date_trunc('milliseconds', recorded_at) = recorded_at AS instants_whole
     FROM ledger_transactions
     WHERE agreement_id = $1 AND book_id = $2 AND ($3::bigint IS NULL OR sequence > $3)
     ORDER BY sequence
     LIMIT $4`,
    [agreementId, bookId, after?.toString() ?? null, limit],
  );
  return rows.map((row) => ({
    agreementId,
    bookId,
    sequence: BigInt(row.sequence),
    id: row.id,
    sourceKind: row.source_kind,
    sourceId: row.source_id,
    effectiveAt: row.effective_at,
    recordedAt: row.recorded_at,
    canonical: row.canonical,
    previousSha256: row.previous_sha256,
    sha256: row.sha256,
    instantsWhole: row.instants_whole,
  }));
}

interface Row {
  sequence: string;
  id: string;
  source_kind: string;
  source_id: string;
  effective_at: Date;
  recorded_at: Date;
  canonical: string;
  previous_sha256: Buffer | null;
  sha256: Buffer;
  instants_whole: boolean;
}
