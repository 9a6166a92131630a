import type { Queryable } from '../../platform/database/index.js';
import type { BucketKey } from '../rules/agreed-bytes.js';
import type { BucketRow } from '../rules/bucket-row.js';
import { BUCKET_COLUMNS } from './bucket-row.js';

/** Those of the named buckets that a party reported, or that have agreed bytes. */
export async function findBuckets(
  db: Queryable,
  of: { agreementId: string; period: string },
  keys: readonly BucketKey[],
): Promise<BucketRow[]> {
  return db.query<BucketRow>(
    `SELECT ${BUCKET_COLUMNS}
       FROM unnest($3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::text[])
              AS key (direction, start, source_region, destination_region, service)
       JOIN usage_buckets b ON b.agreement_id = $1 AND b.period = $2 AND b.direction = key.direction
            AND b.bucket_start = key.start AND b.source_region = key.source_region
            AND b.destination_region = key.destination_region AND b.service = key.service
      WHERE b.status IS NOT NULL`,
    [
      of.agreementId,
      of.period,
      keys.map(({ direction }) => direction),
      keys.map(({ start }) => new Date(start)),
      keys.map(({ scope }) => scope.sourceRegion),
      keys.map(({ scope }) => scope.destinationRegion),
      keys.map(({ scope }) => scope.service),
    ],
  );
}
