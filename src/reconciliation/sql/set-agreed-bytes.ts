import type { ReconciliationTerms } from '../../agreements/index.js';
import type { Transaction } from '../../platform/database/index.js';
import type { AgreedBytes } from '../rules/agreed-bytes.js';

/** Writes agreed bytes into their buckets, which then settle them; a bucket nobody reported is made. */
export async function setAgreedBytes(
  tx: Transaction,
  of: { agreementId: string; period: string },
  buckets: readonly AgreedBytes[],
  judging: ReconciliationTerms,
): Promise<void> {
  await tx.query(
    `INSERT INTO usage_buckets (agreement_id, period, direction, bucket_start, source_region, destination_region,
       service, sender_bytes, sender_records, receiver_bytes, receiver_records, absolute_bytes, ppm,
       settled_bytes_rule, mismatch_rule, one_sided, agreed_bytes)
     SELECT $1::uuid, $2::text, bucket.direction, bucket.start, bucket.source_region, bucket.destination_region,
            bucket.service, 0, 0, 0, 0, $9::numeric, $10::integer, $11::text, $12::text, $13::text, bucket.bytes
       FROM unnest($3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::numeric[])
              AS bucket (direction, start, source_region, destination_region, service, bytes)
     ON CONFLICT (agreement_id, period, direction, bucket_start, source_region, destination_region, service)
     DO UPDATE SET agreed_bytes = excluded.agreed_bytes`,
    [
      of.agreementId,
      of.period,
      buckets.map(({ direction }) => direction),
      buckets.map(({ start }) => new Date(start)),
      buckets.map(({ scope }) => scope.sourceRegion),
      buckets.map(({ scope }) => scope.destinationRegion),
      buckets.map(({ scope }) => scope.service),
      buckets.map(({ bytes }) => bytes),
      judging.absoluteBytes,
      judging.ppm,
      judging.settledBytesRule,
      judging.mismatchRule,
      judging.oneSided,
    ],
  );
}
