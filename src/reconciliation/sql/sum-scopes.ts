import type { FlowDirection } from '../../agreements/index.js';
import type { Queryable } from '../../platform/database/index.js';
import type { ScopeSum } from '../rules/scope-sums.js';

interface Row {
  direction: FlowDirection;
  sourceRegion: string;
  destinationRegion: string;
  service: string;
  senderBytes: string;
  receiverBytes: string;
  settledBytes: string;
  discrepancyBytes: string;
  twoSidedSender: string;
  twoSidedReceiver: string;
  exact: number;
  within_tolerance: number;
  mismatch: number;
  missing_sender: number;
  missing_receiver: number;
}

/** What a period's buckets add up to, by direction and scope. */
export async function sumScopes(
  db: Queryable,
  of: { agreementId: string; period: string },
): Promise<ScopeSum[]> {
  const rows = await db.query<Row>(
    `SELECT direction, source_region AS "sourceRegion", destination_region AS "destinationRegion", service,
            sum(sender_bytes) AS "senderBytes", sum(receiver_bytes) AS "receiverBytes",
            sum(settled_bytes) AS "settledBytes", sum(discrepancy_bytes) AS "discrepancyBytes",
            coalesce(sum(sender_bytes) FILTER (WHERE sender_records > 0 AND receiver_records > 0), 0)
              AS "twoSidedSender",
            coalesce(sum(receiver_bytes) FILTER (WHERE sender_records > 0 AND receiver_records > 0), 0)
              AS "twoSidedReceiver",
            count(*) FILTER (WHERE status = 'exact')::integer AS exact,
            count(*) FILTER (WHERE status = 'within_tolerance')::integer AS within_tolerance,
            count(*) FILTER (WHERE status = 'mismatch')::integer AS mismatch,
            count(*) FILTER (WHERE status = 'missing_sender')::integer AS missing_sender,
            count(*) FILTER (WHERE status = 'missing_receiver')::integer AS missing_receiver
       FROM usage_buckets
      WHERE agreement_id = $1 AND period = $2 AND status IS NOT NULL
      GROUP BY direction, source_region, destination_region, service
      ORDER BY direction, source_region, destination_region, service`,
    [of.agreementId, of.period],
  );
  return rows.map(({ direction, sourceRegion, destinationRegion, service, ...sum }): ScopeSum => {
    const { exact, within_tolerance, mismatch, missing_sender, missing_receiver } = sum;
    return {
      direction,
      scope: { sourceRegion, destinationRegion, service },
      senderBytes: BigInt(sum.senderBytes),
      receiverBytes: BigInt(sum.receiverBytes),
      settledBytes: BigInt(sum.settledBytes),
      discrepancyBytes: BigInt(sum.discrepancyBytes),
      twoSided: { senderBytes: BigInt(sum.twoSidedSender), receiverBytes: BigInt(sum.twoSidedReceiver) },
      counts: { exact, within_tolerance, mismatch, missing_sender, missing_receiver },
    };
  });
}
