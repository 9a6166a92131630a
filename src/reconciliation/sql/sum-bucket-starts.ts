import type { FlowDirection } from '../../agreements/index.js';
import type { Queryable } from '../../platform/database/index.js';

/** What was settled for one bucket over all scopes. */
export interface BucketStartSum {
  direction: FlowDirection;
  bucketStart: Date;
  settledBytes: string;
}

/** A period's settled bytes by direction and bucket, summed over scopes: the samples of a percentile. */
export async function sumBucketStarts(
  db: Queryable,
  of: { agreementId: string; period: string },
): Promise<BucketStartSum[]> {
  return db.query<BucketStartSum>(
    `SELECT direction, bucket_start AS "bucketStart", sum(settled_bytes) AS "settledBytes"
       FROM usage_buckets
      WHERE agreement_id = $1 AND period = $2 AND status IS NOT NULL
      GROUP BY direction, bucket_start`,
    [of.agreementId, of.period],
  );
}
