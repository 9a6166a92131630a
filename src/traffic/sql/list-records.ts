import type { Queryable } from '../../platform/database/index.js';
import { RECORD_COLUMNS, type RecordRow } from './record-row.js';

export interface RecordFilter {
  from: Date | null;
  to: Date | null;
  direction: string | null;
  /** All that one customer may be stored as; null for any. */
  customers: readonly string[] | null;
  id: string | null;
  /** Only the revisions that count: neither superseded nor void. */
  counted?: boolean;
}

export interface RecordPosition {
  start: Date;
  id: string;
  revision: number;
}

/** A stored revision, and whether a higher one counts in its place. */
export type RecordListing = RecordRow & { superseded: boolean };

/** Starts of records that are looked at together, `[from, to)`. */
export interface StartWindow {
  from: Date;
  to: Date;
}

/**
 * The reporter's own records that start in a window and overlap `[filter.from, filter.to)`, by start, id and
 * revision; every revision is listed. An id is found by its key, the half of SHA-256 that intake makes.
 */
export async function listRecords(
  db: Queryable,
  owner: { agreementId: string; reporterId: string },
  filter: RecordFilter,
  window: StartWindow,
  after: RecordPosition | null,
  limit: number,
): Promise<RecordListing[]> {
  return db.query<RecordListing>(
    `SELECT ${RECORD_COLUMNS}, superseded
       FROM traffic_records r
      CROSS JOIN LATERAL (
        SELECT EXISTS (SELECT FROM traffic_records higher
                        WHERE higher.agreement_id = r.agreement_id AND higher.record_key = r.record_key
                          AND higher.reporter_id = r.reporter_id AND higher.record_id = r.record_id
                          AND higher.revision > r.revision) AS superseded) s
      WHERE r.agreement_id = $1 AND r.reporter_id = $2
        AND r.starts_at >= $13 AND r.starts_at < $14
        AND ($3::timestamptz IS NULL OR r.ends_at > $3)
        AND ($4::timestamptz IS NULL OR r.starts_at < $4)
        AND ($5::text IS NULL OR r.direction = $5)
        AND ($6::text[] IS NULL OR r.customer = ANY ($6))
        AND ($7::text IS NULL OR (r.record_id = $7 AND r.record_key =
              encode(substr(sha256(uuid_send($2) || convert_to($7, 'UTF8')), 1, 16), 'hex')::uuid))
        AND (NOT $12::boolean OR (NOT r.void AND NOT superseded))
        AND ($8::timestamptz IS NULL OR (r.starts_at, r.record_id, r.revision) > ($8, $9, $10))
      ORDER BY r.starts_at, r.record_id, r.revision
      LIMIT $11`,
    [
      owner.agreementId,
      owner.reporterId,
      filter.from,
      filter.to,
      filter.direction,
      filter.customers,
      filter.id,
      after?.start ?? null,
      after?.id ?? null,
      after?.revision ?? null,
      limit,
      filter.counted ?? false,
      window.from,
      window.to,
    ],
  );
}
