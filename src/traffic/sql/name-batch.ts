import type { Transaction } from '../../platform/database/index.js';

/** States of which batch the records are that the transaction copies; whose they are, its tenant says. */
export async function nameBatch(tx: Transaction, batchId: string): Promise<void> {
  await tx.query(`SELECT set_config('app.batch', $1, true)`, [batchId]);
}
