import type { ReconciliationTerms } from '../../agreements/index.js';
import type { Transaction } from '../../platform/database/index.js';
import type { BucketUsage } from '../rules/usage.js';

/** How the two sides of a period's buckets are judged. */
export type JudgingTerms = Pick<
  ReconciliationTerms,
  'absoluteBytes' | 'ppm' | 'settledBytesRule' | 'mismatchRule' | 'oneSided'
>;

/**
 * Adds differences to the sides of buckets, making those that are not there yet. How the sides compare follows by
 * itself: the table computes it from the row. `judging` has the terms of every period of the differences.
 */
export async function addBucketUsage(
  tx: Transaction,
  agreementId: string,
  usage: readonly BucketUsage[],
  judging: ReadonlyMap<string, JudgingTerms>,
): Promise<void> {
  const column = <Value>(pick: (sum: BucketUsage) => Value): Value[] => usage.map(pick);
  const term = <Value>(pick: (terms: JudgingTerms) => Value): Value[] => [...judging.values()].map(pick);
  await tx.query(
    `INSERT INTO usage_buckets AS stored (agreement_id, period, direction, bucket_start, source_region,
       destination_region, service, sender_bytes, sender_records, receiver_bytes, receiver_records, absolute_bytes,
       ppm, settled_bytes_rule, mismatch_rule, one_sided)
     SELECT $1::uuid, sum.period, sum.direction, sum.bucket_start, sum.source_region, sum.destination_region,
            sum.service,
            coalesce(sum(sum.bytes) FILTER (WHERE sum.side = 'sender'), 0),
            coalesce(sum(sum.records) FILTER (WHERE sum.side = 'sender'), 0),
            coalesce(sum(sum.bytes) FILTER (WHERE sum.side = 'receiver'), 0),
            coalesce(sum(sum.records) FILTER (WHERE sum.side = 'receiver'), 0),
            terms.absolute_bytes, terms.ppm, terms.settled_bytes_rule, terms.mismatch_rule, terms.one_sided
       FROM unnest($2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::text[],
              $9::numeric[], $10::bigint[])
              AS sum (period, direction, bucket_start, source_region, destination_region, service, side, bytes,
                records)
       JOIN unnest($11::text[], $12::numeric[], $13::integer[], $14::text[], $15::text[], $16::text[])
              AS terms (period, absolute_bytes, ppm, settled_bytes_rule, mismatch_rule, one_sided)
         ON terms.period = sum.period
      GROUP BY sum.period, sum.direction, sum.bucket_start, sum.source_region, sum.destination_region, sum.service,
            terms.absolute_bytes, terms.ppm, terms.settled_bytes_rule, terms.mismatch_rule, terms.one_sided
     ON CONFLICT (agreement_id, period, direction, bucket_start, source_region, destination_region, service)
     DO UPDATE SET sender_bytes = stored.sender_bytes + excluded.sender_bytes,
                   sender_records = stored.sender_records + excluded.sender_records,
                   receiver_bytes = stored.receiver_bytes + excluded.receiver_bytes,
                   receiver_records = stored.receiver_records + excluded.receiver_records,
                   absolute_bytes = excluded.absolute_bytes, ppm = excluded.ppm,
                   settled_bytes_rule = excluded.settled_bytes_rule, mismatch_rule = excluded.mismatch_rule,
                   one_sided = excluded.one_sided`,
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
      [...judging.keys()],
      term(({ absoluteBytes }) => absoluteBytes),
      term(({ ppm }) => ppm),
      term(({ settledBytesRule }) => settledBytesRule),
      term(({ mismatchRule }) => mismatchRule),
      term(({ oneSided }) => oneSided),
    ],
  );
}
