import type { Queryable } from '../../platform/database/index.js';
import { RECORD_COLUMNS, toRecord, type RecordRow } from './record-row.js';
import type { TrafficRecord } from '../rules/traffic-record.js';

/** A stored revision with the key that it lies under. */
export interface KeyedRecord {
  key: string;
  reporterId: string;
  arrival: number;
  record: TrafficRecord;
  /** What the customer stands for, where it is a pseudonym that is not erased. */
  reference: string | null;
}

type KeyedRow = RecordRow & Omit<KeyedRecord, 'record'>;

/** Every stored revision under the keys of the rows of `incoming_records` with these ranks, from 0. */
export async function findByKey(
  db: Queryable,
  agreementId: string,
  ranks: readonly number[],
): Promise<KeyedRecord[]> {
  const rows = await db.query<KeyedRow>(
    `SELECT r.record_key AS key, r.reporter_id AS "reporterId", r.arrival,
            (SELECT c.reference FROM customer_references c
              WHERE c.provider_id = r.reporter_id AND c.pseudonym = r.customer) AS reference, ${RECORD_COLUMNS}
       FROM (SELECT DISTINCT i.record_key
               FROM unnest($2::integer[]) AS wanted (rank)
               JOIN incoming_records i ON i.rank = wanted.rank + 1) known
      CROSS JOIN LATERAL (
        SELECT * FROM traffic_records r
         WHERE r.agreement_id = $1 AND r.record_key = known.record_key
         ORDER BY r.arrival) r`,
    [agreementId, ranks],
  );
  return rows.map(({ key, reporterId, arrival, reference, ...row }) => ({
    key,
    reporterId,
    arrival,
    reference,
    record: toRecord(row),
  }));
}
