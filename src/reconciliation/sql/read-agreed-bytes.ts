import type { FlowDirection } from '../../agreements/index.js';
import type { Queryable } from '../../platform/database/index.js';
import type { AgreedBytes } from '../rules/agreed-bytes.js';

/** Agreed bytes of one bucket, and the dispute in which they were agreed. */
export interface SettledDispute extends AgreedBytes {
  disputeId: string;
  /** The figure of the agreement's clock under which it is recorded. */
  recorded: bigint;
}

interface Row {
  direction: FlowDirection;
  bucketStart: Date;
  sourceRegion: string;
  destinationRegion: string;
  service: string;
  bytes: string;
  disputeId: string;
  recorded: string;
}

/** What the parties agreed on for buckets of a period up to a figure of the agreement's clock, oldest first. */
export async function readAgreedBytes(
  db: Queryable,
  agreementId: string,
  period: string,
  recordedUpTo: bigint,
): Promise<SettledDispute[]> {
  const rows = await db.query<Row>(
    `SELECT direction, bucket_start AS "bucketStart", source_region AS "sourceRegion",
            destination_region AS "destinationRegion", service, bytes, dispute_id AS "disputeId", recorded
       FROM agreed_bytes
      WHERE agreement_id = $1 AND period = $2 AND recorded <= $3
      ORDER BY recorded, dispute_id`,
    [agreementId, period, recordedUpTo],
  );
  return rows.map(
    ({ direction, bucketStart, sourceRegion, destinationRegion, service, bytes, disputeId, recorded }) => ({
      direction,
      start: bucketStart.getTime(),
      scope: { sourceRegion, destinationRegion, service },
      bytes: BigInt(bytes),
      disputeId,
      recorded: BigInt(recorded),
    }),
  );
}
