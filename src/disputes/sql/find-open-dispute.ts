import type { Queryable } from '../../platform/database/index.js';
import type { NewDispute } from './insert-dispute.js';

export type DisputedSubject = Pick<
  NewDispute,
  | 'agreementId'
  | 'period'
  | 'raisedBy'
  | 'lineId'
  | 'direction'
  | 'bucketStart'
  | 'sourceRegion'
  | 'destinationRegion'
  | 'service'
>;

/** The open dispute of a party about the same line or bucket. */
export async function findOpenDispute(
  db: Queryable,
  subject: DisputedSubject,
): Promise<{ id: string } | undefined> {
  const [row] = await db.query<{ id: string }>(
    `SELECT id
       FROM disputes
      WHERE agreement_id = $1 AND period = $2 AND raised_by = $3 AND state IN ('raised', 'proposed', 'escalated')
        AND CASE WHEN $4::uuid IS NOT NULL THEN line_id = $4
                 ELSE (direction, bucket_start, source_region, destination_region, service)
                      = ($5::text, $6::timestamptz, $7::text, $8::text, $9::text) END`,
    [
      subject.agreementId,
      subject.period,
      subject.raisedBy,
      subject.lineId,
      subject.direction,
      subject.bucketStart,
      subject.sourceRegion,
      subject.destinationRegion,
      subject.service,
    ],
  );
  return row;
}
