import type { Queryable } from '../../platform/database/index.js';
import type { Outcome } from '../rules/record-faults.js';

/** What disputes of an agreement came to between two figures of its clock. */
export async function listOutcomes(
  db: Queryable,
  agreementId: string,
  { after, upTo }: { after: bigint; upTo: bigint },
): Promise<(Outcome & { disputeId: string })[]> {
  return db.query<Outcome & { disputeId: string }>(
    `SELECT dispute_id AS "disputeId", abs(amount) AS amount, NULL AS direction, NULL::timestamptz AS start,
            NULL AS "sourceRegion", NULL AS "destinationRegion", NULL AS service, NULL AS bytes
       FROM concessions
      WHERE agreement_id = $1 AND recorded > $2 AND recorded <= $3
     UNION ALL
     SELECT dispute_id, NULL, direction, bucket_start, source_region, destination_region, service, bytes
       FROM agreed_bytes
      WHERE agreement_id = $1 AND recorded > $2 AND recorded <= $3`,
    [agreementId, after, upTo],
  );
}
