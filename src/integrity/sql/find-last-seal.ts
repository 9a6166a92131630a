import type { Queryable } from '../../platform/database/index.js';
import type { StoredSeal } from '../rules/seal.js';

/** An agreement's latest seal. */
export async function findLastSeal(db: Queryable, agreementId: string): Promise<StoredSeal | undefined> {
  const [row] = await db.query<StoredSeal>(
    `SELECT number, document AS text, sha256
       FROM ledger_seals WHERE agreement_id = $1 ORDER BY number DESC LIMIT 1`,
    [agreementId],
  );
  return row;
}
