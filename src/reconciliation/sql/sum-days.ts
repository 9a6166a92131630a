import type { FlowDirection } from '../../agreements/index.js';
import type { Queryable } from '../../platform/database/index.js';

/** What both sides measured of a flow in a day, and what was settled. */
export interface DaySum {
  /** Place of the day among those given, from 0. */
  day: number;
  direction: FlowDirection;
  senderBytes: string;
  receiverBytes: string;
  settledBytes: string;
}

/** A period's bytes by direction and day; a bucket counts for the day in which it starts. */
export async function sumDays(
  db: Queryable,
  of: { agreementId: string; period: string },
  dayStarts: readonly Date[],
): Promise<DaySum[]> {
  return db.query<DaySum>(
    `SELECT width_bucket(bucket_start, $3::timestamptz[]) - 1 AS day, direction,
            coalesce(sum(sender_bytes), 0) AS "senderBytes", coalesce(sum(receiver_bytes), 0) AS "receiverBytes",
            sum(settled_bytes) AS "settledBytes"
       FROM usage_buckets
      WHERE agreement_id = $1 AND period = $2 AND status IS NOT NULL
      GROUP BY day, direction
      ORDER BY day, direction`,
    [of.agreementId, of.period, dayStarts],
  );
}
