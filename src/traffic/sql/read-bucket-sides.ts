import type { FlowDirection } from '../../agreements/index.js';
import type { Queryable } from '../../platform/database/index.js';

/** One bucket with what each side reported; null where a side reported nothing. */
export interface BucketSides {
  direction: FlowDirection;
  bucketStart: Date;
  sourceRegion: string;
  destinationRegion: string;
  service: string;
  senderBytes: string | null;
  receiverBytes: string | null;
}

/** Every bucket of a period that a record of either side overlaps, in a fixed order. */
export async function readBucketSides(
  db: Queryable,
  agreementId: string,
  period: string,
): Promise<BucketSides[]> {
  return db.query<BucketSides>(
    `SELECT direction, bucket_start AS "bucketStart", source_region AS "sourceRegion",
            destination_region AS "destinationRegion", service,
            sum(bytes) FILTER (WHERE side = 'sender') AS "senderBytes",
            sum(bytes) FILTER (WHERE side = 'receiver') AS "receiverBytes"
       FROM usage_buckets
      WHERE agreement_id = $1 AND period = $2 AND records > 0
      GROUP BY direction, bucket_start, source_region, destination_region, service
      ORDER BY direction, bucket_start, source_region COLLATE "C", destination_region COLLATE "C",
               service COLLATE "C"`,
    [agreementId, period],
  );
}
