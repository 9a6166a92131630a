import type { Transaction } from '../../platform/database/index.js';

/**
 * Notes which of the incoming usage changes issued periods, under the figure that the agreement's clock, which
 * the caller holds, will show next: that of the batch that brings it.
 */
export async function addLateUsage(tx: Transaction, agreementId: string): Promise<void> {
  await tx.query(
    `INSERT INTO late_usage (agreement_id, period, direction, cause, recorded, records)
     SELECT clock.agreement_id, change.period, change.direction, change.cause, clock.recorded + 1,
            sum(change.records)
       FROM incoming_changes change
       JOIN closed_periods closed ON closed.agreement_id = $1 AND closed.period = change.period
       JOIN agreement_clocks clock ON clock.agreement_id = $1
      GROUP BY clock.agreement_id, change.period, change.direction, change.cause, clock.recorded`,
    [agreementId],
  );
}
