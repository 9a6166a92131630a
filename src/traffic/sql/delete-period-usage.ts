import type { Transaction } from '../../platform/database/index.js';
import type { UsageSource } from './each-current-record.js';

/** Forgets how many of a reporter's records count from a period on. */
export async function deletePeriodUsage(
  tx: Transaction,
  { agreementId, reporterId }: UsageSource,
  fromPeriod: string,
): Promise<void> {
  await tx.query(`DELETE FROM usage_periods WHERE agreement_id = $1 AND period >= $2 AND reporter_id = $3`, [
    agreementId,
    fromPeriod,
    reporterId,
  ]);
}
