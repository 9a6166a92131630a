import type { Transaction } from '../../platform/database/index.js';

/** How many of these keys are stored. */
export async function countKnown(
  tx: Transaction,
  agreementId: string,
  keys: readonly string[],
): Promise<number> {
  const [row] = await tx.query<{ known: string }>(
    `SELECT count(*) AS known FROM traffic_records r
      WHERE r.agreement_id = $1 AND r.record_key = ANY ($2::uuid[]) AND r.arrival = 0`,
    [agreementId, keys],
  );
  return Number(row!.known);
}
