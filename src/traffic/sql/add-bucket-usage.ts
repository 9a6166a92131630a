import type { Transaction } from '../../platform/database/index.js';
import type { BucketUsage } from '../rules/usage.js';

/** Adds differences to bucket sums, making those that are not there yet. */
export async function addBucketUsage(
  tx: Transaction,
  agreementId: string,
  usage: readonly BucketUsage[],
): Promise<void> {
  const column = <Value>(pick: (sum: BucketUsage) => Value): Value[] => usage.map(pick);
  await tx.query(
    `INSERT INTO usage_buckets AS stored (agreement_id, period, direction, bucket_start, source_region,
       destination_region, service, side, bytes, records)
     SELECT $1::uuid, sum.*
       FROM unnest($2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::text[],
         $9::numeric[], $10::bigint[]) AS sum
     ON CONFLICT (agreement_id, period, direction, bucket_start, source_region, destination_region, service, side)
     DO UPDATE SET bytes = stored.bytes + excluded.bytes, records = stored.records + excluded.records`,
    [
      agreementId,
      column(({ period }) => period),
      column(({ direction }) => direction),
      column(({ bucketStart }) => new Date(bucketStart)),
      column(({ sourceRegion }) => sourceRegion),
      column(({ destinationRegion }) => destinationRegion),
      column(({ service }) => service),
      column(({ side }) => side),
      column(({ bytes }) => bytes),
      column(({ records }) => records),
    ],
  );
}
