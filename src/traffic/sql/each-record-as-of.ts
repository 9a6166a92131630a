import type { Instant } from '../../period/index.js';
import type { Transaction } from '../../platform/database/index.js';
import type { TrafficRecord } from '../rules/traffic-record.js';
import { RECORD_COLUMNS, toRecord, type RecordRow } from './record-row.js';

const FETCH = 5_000;
/** No record is longer than a month, which lets the index on their start bound them. */
const LONGEST_MS = 32 * 86_400_000;

/**
 * A reporter's records that overlapped an interval when the agreement's clock showed a figure: of each record the
 * highest revision recorded until then, unless it is void. A few thousand at a time.
 */
export async function* eachRecordAsOf(
  tx: Transaction,
  { agreementId, reporterId }: { agreementId: string; reporterId: string },
  { start, end }: { start: Instant; end: Instant },
  recordedUpTo: bigint,
): AsyncGenerator<TrafficRecord[]> {
  await tx.query(
    `DECLARE records_as_of NO SCROLL CURSOR FOR
     SELECT ${RECORD_COLUMNS}
       FROM traffic_records r
       JOIN batches b ON b.agreement_id = r.agreement_id AND b.id = r.batch_id
      WHERE r.agreement_id = $1 AND r.reporter_id = $2 AND NOT r.void AND b.recorded <= $6
        AND r.starts_at > $3 AND r.starts_at < $5 AND r.ends_at > $4
        AND NOT EXISTS (
              SELECT FROM traffic_records higher
                JOIN batches hb ON hb.agreement_id = higher.agreement_id AND hb.id = higher.batch_id
               WHERE higher.agreement_id = $1 AND higher.record_key = r.record_key AND higher.reporter_id = $2
                 AND higher.record_id = r.record_id AND higher.revision > r.revision AND hb.recorded <= $6)`,
    [agreementId, reporterId, new Date(start - LONGEST_MS), new Date(start), new Date(end), recordedUpTo],
  );
  for (;;) {
    const rows = await tx.query<RecordRow>(`FETCH ${FETCH} FROM records_as_of`);
    if (rows.length > 0) yield rows.map(toRecord);
    if (rows.length < FETCH) break;
  }
  await tx.query(`CLOSE records_as_of`);
}
