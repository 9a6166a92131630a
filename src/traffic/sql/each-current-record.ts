import type { Side } from '../../agreements/index.js';
import type { Transaction } from '../../platform/database/index.js';
import type { TrafficRecord } from '../rules/traffic-record.js';
import { RECORD_COLUMNS, toRecord, type RecordRow } from './record-row.js';

export interface UsageSource {
  agreementId: string;
  reporterId: string;
  side: Side;
}

const FETCH = 5_000;

/** The revisions that count of a reporter's records that end after an instant, a few thousand at a time. */
export async function* eachCurrentRecord(
  tx: Transaction,
  source: UsageSource,
  endsAfter: Date,
): AsyncGenerator<TrafficRecord[]> {
  await tx.query(
    `DECLARE current_records NO SCROLL CURSOR FOR
     SELECT ${RECORD_COLUMNS}
       FROM traffic_records r
      WHERE r.agreement_id = $1 AND r.reporter_id = $2 AND r.ends_at > $3 AND NOT r.void
        -- Few records have a second revision; only of those is it looked up which one is the highest.
        AND (r.record_key NOT IN (SELECT record_key FROM traffic_records
                                   WHERE agreement_id = $1 AND reporter_id = $2 AND arrival > 0)
             OR NOT EXISTS (SELECT FROM traffic_records higher
                             WHERE higher.agreement_id = r.agreement_id AND higher.record_key = r.record_key
                               AND higher.reporter_id = r.reporter_id AND higher.record_id = r.record_id
                               AND higher.revision > r.revision))`,
    [source.agreementId, source.reporterId, endsAfter],
  );
  for (;;) {
    const rows = await tx.query<RecordRow>(`FETCH ${FETCH} FROM current_records`);
    if (rows.length > 0) yield rows.map(toRecord);
    if (rows.length < FETCH) break;
  }
  await tx.query(`CLOSE current_records`);
}
