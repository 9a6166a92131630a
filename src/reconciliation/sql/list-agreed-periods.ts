import type { Queryable } from '../../platform/database/index.js';

/** Periods of which bytes are agreed, ascending; with figures of the agreement's clock, after one and up to another. */
export async function listAgreedPeriods(
  db: Queryable,
  agreementId: string,
  { after, upTo }: { after: bigint; upTo: bigint | null } = { after: 0n, upTo: null },
): Promise<string[]> {
  const rows = await db.query<{ period: string }>(
    `SELECT DISTINCT period FROM agreed_bytes
      WHERE agreement_id = $1 AND recorded > $2 AND ($3::bigint IS NULL OR recorded <= $3)
      ORDER BY period`,
    [agreementId, after, upTo],
  );
  return rows.map(({ period }) => period);
}
