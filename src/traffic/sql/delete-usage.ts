import type { Transaction } from '../../platform/database/index.js';
import type { UsageSource } from './each-current-record.js';

/** Forgets what a reporter's records added up to from a period on. */
export async function deleteUsage(tx: Transaction, source: UsageSource, fromPeriod: string): Promise<void> {
  const flows =
    source.side === 'A' ? { sends: 'aToB', receives: 'bToA' } : { sends: 'bToA', receives: 'aToB' };
  await tx.query(
    `DELETE FROM usage_buckets
      WHERE agreement_id = $1 AND period >= $2
        AND ((direction = $3 AND side = 'sender') OR (direction = $4 AND side = 'receiver'))`,
    [source.agreementId, fromPeriod, flows.sends, flows.receives],
  );
  const ofReporter = [source.agreementId, fromPeriod, source.reporterId];
  await tx.query(
    `DELETE FROM usage_customers WHERE agreement_id = $1 AND period >= $2 AND reporter_id = $3`,
    ofReporter,
  );
  await tx.query(
    `DELETE FROM usage_periods WHERE agreement_id = $1 AND period >= $2 AND reporter_id = $3`,
    ofReporter,
  );
}
