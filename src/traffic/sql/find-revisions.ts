import type { Queryable } from '../../platform/database/index.js';
import type { TrafficRecord } from '../rules/traffic-record.js';
import { RECORD_COLUMNS, toRecord, type RecordRow } from './record-row.js';

/** Every stored revision of the reporter's records with these ids. */
export async function findRevisions(
  db: Queryable,
  agreementId: string,
  reporterId: string,
  ids: readonly string[],
): Promise<TrafficRecord[]> {
  const rows = await db.query<RecordRow>(
    `SELECT ${RECORD_COLUMNS}
       FROM traffic_records r
      WHERE r.agreement_id = $1 AND r.reporter_id = $2 AND r.record_id = ANY ($3)`,
    [agreementId, reporterId, ids],
  );
  return rows.map(toRecord);
}
