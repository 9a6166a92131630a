import type { Transaction } from '../../platform/database/index.js';
import type { AgreedBytes } from '../rules/agreed-bytes.js';

/** Where agreed bytes belong, and what they come from. */
export interface AgreementOnBytes {
  agreementId: string;
  period: string;
  disputeId: string;
  /** The figure of the agreement's clock under which they are recorded. */
  recorded: bigint;
}

/** Stores agreed bytes; gives how many were new, since none is ever replaced. */
export async function insertAgreedBytes(
  tx: Transaction,
  { agreementId, period, disputeId, recorded }: AgreementOnBytes,
  buckets: readonly AgreedBytes[],
): Promise<number> {
  const rows = await tx.query(
    `INSERT INTO agreed_bytes (agreement_id, period, direction, bucket_start, source_region, destination_region,
       service, bytes, dispute_id, recorded)
     SELECT $1::uuid, $2::text, bucket.direction, bucket.start, bucket.source_region, bucket.destination_region,
            bucket.service, bucket.bytes, $3::uuid, $4::bigint
       FROM unnest($5::text[], $6::timestamptz[], $7::text[], $8::text[], $9::text[], $10::numeric[])
              AS bucket (direction, start, source_region, destination_region, service, bytes)
     ON CONFLICT (agreement_id, period, direction, bucket_start, source_region, destination_region, service)
       DO NOTHING
     RETURNING 1`,
    [
      agreementId,
      period,
      disputeId,
      recorded,
      buckets.map(({ direction }) => direction),
      buckets.map(({ start }) => new Date(start)),
      buckets.map(({ scope }) => scope.sourceRegion),
      buckets.map(({ scope }) => scope.destinationRegion),
      buckets.map(({ scope }) => scope.service),
      buckets.map(({ bytes }) => bytes),
    ],
  );
  return rows.length;
}
