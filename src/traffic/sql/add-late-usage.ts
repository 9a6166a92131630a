import type { Transaction } from '../../platform/database/index.js';
import type { UsageChange } from '../rules/usage.js';

/**
 * Notes what changes issued periods, under the figure that the agreement's clock, which the caller holds, will
 * show next: that of the batch that brings it.
 */
export async function addLateUsage(
  tx: Transaction,
  agreementId: string,
  changes: readonly UsageChange[],
): Promise<void> {
  const column = <Value>(pick: (change: UsageChange) => Value): Value[] => changes.map(pick);
  await tx.query(
    `INSERT INTO late_usage (agreement_id, period, direction, cause, recorded, records)
     SELECT clock.agreement_id, change.period, change.direction, change.cause, clock.recorded + 1, change.records
       FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[]) AS change (period, direction, cause, records)
       JOIN closed_periods closed ON closed.agreement_id = $1 AND closed.period = change.period
       JOIN agreement_clocks clock ON clock.agreement_id = $1`,
    [
      agreementId,
      column(({ period }) => period),
      column(({ direction }) => direction),
      column(({ cause }) => cause),
      column(({ records }) => records),
    ],
  );
}
