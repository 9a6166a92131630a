import type { Queryable } from '../../platform/database/index.js';

/** The agreement's terms epoch, without taking its clock. */
export async function readTermsEpoch(db: Queryable, agreementId: string): Promise<bigint> {
  const [row] = await db.query<{ termsEpoch: string }>(
    `SELECT terms_epoch AS "termsEpoch" FROM agreement_clocks WHERE agreement_id = $1`,
    [agreementId],
  );
  if (!row) throw new Error(`agreement ${agreementId} has no clock`);
  return BigInt(row.termsEpoch);
}
