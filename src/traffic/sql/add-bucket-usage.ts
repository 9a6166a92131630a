import type { Transaction } from '../../platform/database/index.js';

/**
 * Adds the incoming differences to the sides of buckets, from a period on, making those that are not there yet.
 * How the sides compare follows by itself: the table computes it from the row.
 */
export async function addBucketUsage(tx: Transaction, agreementId: string, fromPeriod = ''): Promise<void> {
  await tx.query(
    `INSERT INTO usage_buckets AS stored (agreement_id, period, direction, bucket_start, source_region,
       destination_region, service, sender_bytes, sender_records, receiver_bytes, receiver_records, absolute_bytes,
       ppm, settled_bytes_rule, mismatch_rule, one_sided)
     SELECT $1::uuid, sum.*, terms.absolute_bytes, terms.ppm, terms.settled_bytes_rule, terms.mismatch_rule,
            terms.one_sided
       FROM (SELECT period, direction, bucket_start, source_region, destination_region, service,
                    coalesce(sum(bytes) FILTER (WHERE side = 'sender'), 0),
                    coalesce(sum(records) FILTER (WHERE side = 'sender'), 0),
                    coalesce(sum(bytes) FILTER (WHERE side = 'receiver'), 0),
                    coalesce(sum(records) FILTER (WHERE side = 'receiver'), 0)
               FROM incoming_buckets
              WHERE period >= $2
              GROUP BY period, direction, bucket_start, source_region, destination_region, service) sum
       JOIN (SELECT DISTINCT * FROM incoming_terms) terms ON terms.period = sum.period
     ON CONFLICT (agreement_id, period, direction, bucket_start, source_region, destination_region, service)
     DO UPDATE SET sender_bytes = stored.sender_bytes + excluded.sender_bytes,
                   sender_records = stored.sender_records + excluded.sender_records,
                   receiver_bytes = stored.receiver_bytes + excluded.receiver_bytes,
                   receiver_records = stored.receiver_records + excluded.receiver_records,
                   absolute_bytes = excluded.absolute_bytes, ppm = excluded.ppm,
                   settled_bytes_rule = excluded.settled_bytes_rule, mismatch_rule = excluded.mismatch_rule,
                   one_sided = excluded.one_sided`,
    [agreementId, fromPeriod],
  );
}
