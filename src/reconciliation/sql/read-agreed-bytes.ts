import type { FlowDirection } from '../../agreements/index.js';
import type { Queryable } from '../../platform/database/index.js';
import type { AgreedBytes } from '../rules/agreed-bytes.js';

/** Agreed bytes of one bucket, and the dispute in which they were agreed. */
export interface SettledDispute extends AgreedBytes {
  disputeId: string;
}

interface Row {
  direction: FlowDirection;
  bucketStart: Date;
  sourceRegion: string;
  destinationRegion: string;
  service: string;
  bytes: string;
  disputeId: string;
}

/** What the parties agreed on for buckets of a period, up to a figure of the agreement's clock if one is given. */
export async function readAgreedBytes(
  db: Queryable,
  agreementId: string,
  period: string,
  recordedUpTo: bigint | null,
): Promise<SettledDispute[]> {
  const rows = await db.query<Row>(
    `SELECT direction, bucket_start AS "bucketStart", source_region AS "sourceRegion",
            destination_region AS "destinationRegion", service, bytes, dispute_id AS "disputeId"
       FROM agreed_bytes
      WHERE agreement_id = $1 AND period = $2 AND ($3::bigint IS NULL OR recorded <= $3)`,
    [agreementId, period, recordedUpTo],
  );
  return rows.map(
    ({ direction, bucketStart, sourceRegion, destinationRegion, service, bytes, disputeId }) => ({
      direction,
      start: bucketStart.getTime(),
      scope: { sourceRegion, destinationRegion, service },
      bytes: BigInt(bytes),
      disputeId,
    }),
  );
}
