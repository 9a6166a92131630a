import type { Transaction } from '../../platform/database/index.js';

/** Moves the locked clock on by one and gives the new figure. */
export async function advanceClock(tx: Transaction, agreementId: string): Promise<bigint> {
  const [row] = await tx.query<{ recorded: string }>(
    `UPDATE agreement_clocks SET recorded = recorded + 1 WHERE agreement_id = $1 RETURNING recorded`,
    [agreementId],
  );
  return BigInt(row!.recorded);
}
