import type { Queryable } from '../../platform/database/index.js';
import type { BucketRow } from '../rules/bucket-row.js';
import type { BucketPosition } from '../rules/bucket-position.js';
import { BUCKET_COLUMNS } from './bucket-row.js';

export interface BucketFilter {
  status: string | null;
  direction: string | null;
}

/** A period's buckets by direction, start and scope, after a position. */
export async function listBuckets(
  db: Queryable,
  of: { agreementId: string; period: string },
  filter: BucketFilter,
  after: BucketPosition | null,
  limit: number,
): Promise<BucketRow[]> {
  const [direction = null, start = null, ...scope] = after ?? [];
  return db.query<BucketRow>(
    `SELECT ${BUCKET_COLUMNS}
       FROM usage_buckets b
      WHERE b.agreement_id = $1 AND b.period = $2 AND b.status IS NOT NULL
        AND ($3::text IS NULL OR b.status = $3) AND ($4::text IS NULL OR b.direction = $4)
        AND ($5::text IS NULL OR (b.direction, b.bucket_start, b.source_region, b.destination_region, b.service)
                                 > ($5, $6::timestamptz, $7, $8, $9))
      ORDER BY b.direction, b.bucket_start, b.source_region, b.destination_region, b.service
      LIMIT $10`,
    [
      of.agreementId,
      of.period,
      filter.status,
      filter.direction,
      direction,
      start === null ? null : new Date(start),
      scope[0] ?? null,
      scope[1] ?? null,
      scope[2] ?? null,
      limit,
    ],
  );
}
