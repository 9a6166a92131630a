import type { Transaction } from '../../platform/database/index.js';

export interface NewAgreement {
  id: string;
  code: string;
  partyAId: string;
  partyBId: string;
  timezone: string;
  currency: string;
  autoClose: boolean;
  createdAt: Date;
}

/** Stores an agreement with its clock; false when the code is taken. */
export async function insertAgreement(tx: Transaction, agreement: NewAgreement): Promise<boolean> {
  const rows = await tx.query(
    `WITH made AS (
       INSERT INTO agreements (id, code, party_a_id, party_b_id, timezone, currency, auto_close, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (code) DO NOTHING
       RETURNING id
     )
     INSERT INTO agreement_clocks (agreement_id) SELECT id FROM made RETURNING agreement_id`,
    [
      agreement.id,
      agreement.code,
      agreement.partyAId,
      agreement.partyBId,
      agreement.timezone,
      agreement.currency,
      agreement.autoClose,
      agreement.createdAt,
    ],
  );
  return rows.length === 1;
}
