import type { Transaction } from '../../platform/database/index.js';

/** What orders everything that is recorded for one agreement. */
export interface AgreementClock {
  /** Counts what was recorded: each batch and each close takes the next figure. */
  recorded: bigint;
  /** Grows whenever terms or prices change under open periods. */
  termsEpoch: bigint;
}

/** Takes the agreement's clock until the transaction ends. */
export async function lockClock(tx: Transaction, agreementId: string): Promise<AgreementClock> {
  const [row] = await tx.query<{ recorded: string; termsEpoch: string }>(
    `SELECT recorded, terms_epoch AS "termsEpoch" FROM agreement_clocks WHERE agreement_id = $1 FOR UPDATE`,
    [agreementId],
  );
  if (!row) throw new Error(`agreement ${agreementId} has no clock`);
  return { recorded: BigInt(row.recorded), termsEpoch: BigInt(row.termsEpoch) };
}
