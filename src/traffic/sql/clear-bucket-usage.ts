import type { Transaction } from '../../platform/database/index.js';
import type { UsageSource } from './each-current-record.js';

/** Forgets a reporter's side of the buckets from a period on; agreed bytes and the other side stay. */
export async function clearBucketUsage(
  tx: Transaction,
  { agreementId, side }: UsageSource,
  fromPeriod: string,
): Promise<void> {
  const [sends, receives] = side === 'A' ? ['aToB', 'bToA'] : ['bToA', 'aToB'];
  await tx.query(
    `UPDATE usage_buckets SET sender_bytes = 0, sender_records = 0
      WHERE agreement_id = $1 AND period >= $2 AND direction = $3`,
    [agreementId, fromPeriod, sends],
  );
  await tx.query(
    `UPDATE usage_buckets SET receiver_bytes = 0, receiver_records = 0
      WHERE agreement_id = $1 AND period >= $2 AND direction = $3`,
    [agreementId, fromPeriod, receives],
  );
  await tx.query(`DELETE FROM usage_buckets WHERE agreement_id = $1 AND period >= $2 AND status IS NULL`, [
    agreementId,
    fromPeriod,
  ]);
}
