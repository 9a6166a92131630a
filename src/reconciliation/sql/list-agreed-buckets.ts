import type { BucketRow } from '../rules/bucket-row.js';
import type { Queryable } from '../../platform/database/index.js';
import { BUCKET_COLUMNS } from './bucket-row.js';

export interface AgreedRow extends BucketRow {
  disputeId: string;
  recorded: string;
}

/** The buckets of a period of which bytes were agreed after a figure of the agreement's clock, oldest first. */
export async function listAgreedBuckets(
  db: Queryable,
  of: { agreementId: string; period: string },
  after: bigint,
): Promise<AgreedRow[]> {
  return db.query<AgreedRow>(
    `SELECT ${BUCKET_COLUMNS}, agreed.dispute_id AS "disputeId", agreed.recorded
       FROM agreed_bytes agreed
       JOIN usage_buckets b USING (agreement_id, period, direction, bucket_start, source_region, destination_region,
              service)
      WHERE agreed.agreement_id = $1 AND agreed.period = $2 AND agreed.recorded > $3
      ORDER BY agreed.recorded, agreed.dispute_id`,
    [of.agreementId, of.period, after],
  );
}
