import type { Queryable } from '../../platform/database/index.js';

/** What has been posted for a source document, in both books. */
export async function findSource(
  db: Queryable,
  source: { agreementId: string; sourceKind: string; sourceId: string },
): Promise<{ effectiveAt: Date; canonical: string }[]> {
  const rows = await db.query<{ effective_at: Date; canonical: string }>(
    `SELECT effective_at, canonical
     FROM ledger_transactions
     WHERE agreement_id = $1 AND source_kind = $2 AND source_id = $3`,
    [source.agreementId, source.sourceKind, source.sourceId],
    'ledger_find_source',
  );
  return rows.map(({ effective_at, canonical }) => ({ effectiveAt: effective_at, canonical }));
}
