import type { Queryable } from '../../platform/database/index.js';
import type { BucketRow } from '../rules/bucket-row.js';
import type { DiscrepancyPosition } from '../rules/bucket-position.js';
import { BUCKET_COLUMNS } from './bucket-row.js';

/** A period's discrepancies, largest first, after a position. */
export async function listDiscrepancies(
  db: Queryable,
  of: { agreementId: string; period: string },
  after: DiscrepancyPosition | null,
  limit: number,
): Promise<BucketRow[]> {
  const [bytes = null, direction = null, start = null, ...scope] = after ?? [];
  return db.query<BucketRow>(
    `SELECT ${BUCKET_COLUMNS}
       FROM usage_buckets b
      WHERE b.agreement_id = $1 AND b.period = $2 AND b.discrepancy_bytes > 0
        AND ($3::numeric IS NULL OR b.discrepancy_bytes < $3 OR (b.discrepancy_bytes = $3
              AND (b.direction, b.bucket_start, b.source_region, b.destination_region, b.service)
                  > ($4, $5::timestamptz, $6, $7, $8)))
      ORDER BY b.discrepancy_bytes DESC, b.direction, b.bucket_start, b.source_region, b.destination_region,
               b.service
      LIMIT $9`,
    [
      of.agreementId,
      of.period,
      bytes,
      direction,
      start === null ? null : new Date(start),
      scope[0] ?? null,
      scope[1] ?? null,
      scope[2] ?? null,
      limit,
    ],
  );
}
