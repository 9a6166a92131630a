import type { Instant } from '../../period/index.js';
import type { Queryable } from '../../platform/database/index.js';
import type { TrafficRecord } from '../rules/traffic-record.js';
import { RECORD_COLUMNS, toRecord, type RecordRow } from './record-row.js';

const FETCH = 5_000;
/** No record is longer than a month, which lets the index on their start bound them. */
const LONGEST_MS = 32 * 86_400_000;

/** Which revisions of records count, by figures of the agreement's clock. */
export interface RecordedPast {
  /** What was recorded up to here. */
  upTo: bigint;
  /** Of a record that was known by this figure nothing later; by default its revisions up to `upTo`. */
  correctedUpTo?: bigint;
}

/**
 * A reporter's records that overlapped an interval when the agreement's clock showed a figure: of each record the
 * highest revision that counts, unless it is void. A few thousand at a time,
 * by a cursor: inside a transaction.
 */
export async function* eachRecordAsOf(
  tx: Queryable,
  { agreementId, reporterId }: { agreementId: string; reporterId: string },
  { start, end }: { start: Instant; end: Instant },
  { upTo, correctedUpTo = upTo }: RecordedPast,
): AsyncGenerator<TrafficRecord[]> {
  await tx.query(
    `DECLARE records_as_of NO SCROLL CURSOR FOR
     SELECT ${RECORD_COLUMNS}
       FROM traffic_records r
       JOIN batches b ON b.agreement_id = r.agreement_id AND b.id = r.batch_id
      WHERE r.agreement_id = $1 AND r.reporter_id = $2 AND NOT r.void AND b.recorded <= $6
        AND r.starts_at > $3 AND r.starts_at < $5 AND r.ends_at > $4
        AND NOT EXISTS (
              SELECT FROM traffic_records other
                JOIN batches ob ON ob.agreement_id = other.agreement_id AND ob.id = other.batch_id
               WHERE other.agreement_id = $1 AND other.record_key = r.record_key AND other.reporter_id = $2
                 AND other.record_id = r.record_id AND ob.recorded <= $6
                 AND CASE WHEN ob.recorded <= $7 THEN b.recorded > $7 OR other.revision > r.revision
                          ELSE b.recorded > $7 AND other.revision > r.revision END)`,
    [
      agreementId,
      reporterId,
      new Date(start - LONGEST_MS),
      new Date(start),
      new Date(end),
      upTo,
      correctedUpTo,
    ],
  );
  for (;;) {
    const rows = await tx.query<RecordRow>(`FETCH ${FETCH} FROM records_as_of`);
    if (rows.length > 0) yield rows.map(toRecord);
    if (rows.length < FETCH) break;
  }
  await tx.query(`CLOSE records_as_of`);
}
