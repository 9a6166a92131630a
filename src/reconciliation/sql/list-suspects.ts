import type { Queryable } from '../../platform/database/index.js';
import type { BucketRow } from '../rules/bucket-row.js';
import { BUCKET_COLUMNS } from './bucket-row.js';

/** The buckets whose sides do not agree, in the order in which runs of them are looked for. */
export async function listSuspects(
  db: Queryable,
  of: { agreementId: string; period: string },
): Promise<BucketRow[]> {
  return db.query<BucketRow>(
    `SELECT ${BUCKET_COLUMNS}
       FROM usage_buckets b
      WHERE b.agreement_id = $1 AND b.period = $2
        AND b.status IN ('mismatch', 'missing_sender', 'missing_receiver')
      ORDER BY b.direction, b.bucket_start, b.source_region, b.destination_region, b.service`,
    [of.agreementId, of.period],
  );
}
