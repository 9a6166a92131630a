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
       FROM (SELECT DISTINCT ON (record_id) *
               FROM traffic_records
              WHERE agreement_id = $1 AND reporter_id = $2
              ORDER BY record_id, revision DESC) r
      WHERE r.ends_at > $3 AND NOT r.void`,
    [source.agreementId, source.reporterId, endsAfter],
  );
  for (;;) {
    const rows = await tx.query<RecordRow>(`FETCH ${FETCH} FROM current_records`);
    if (rows.length > 0) yield rows.map(toRecord);
    if (rows.length < FETCH) break;
  }
  await tx.query(`CLOSE current_records`);
}
