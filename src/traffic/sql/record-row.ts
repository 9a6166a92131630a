import type { ReportedDirection, TrafficRecord } from '../rules/traffic-record.js';

/** A stored revision as PostgreSQL gives it. */
export interface RecordRow {
  id: string;
  revision: number;
  direction: ReportedDirection;
  start: Date;
  end: Date;
  bytes: string;
  sourceRegion: string | null;
  destinationRegion: string | null;
  service: string | null;
  customer: string | null;
  chargedUnitPrice: string | null;
  void: boolean;
  batchId: string;
}

/** Columns that make a {@link RecordRow}; expects `traffic_records r`. */
export const RECORD_COLUMNS = `
  r.record_id AS id, r.revision, r.direction, r.starts_at AS start, r.ends_at AS "end", r.bytes,
  r.source_region AS "sourceRegion", r.destination_region AS "destinationRegion", r.service, r.customer,
  r.charged_unit_price AS "chargedUnitPrice", r.void, r.batch_id AS "batchId"`;

export function toRecord({ batchId: _, ...row }: RecordRow): TrafficRecord {
  return { ...row, start: row.start.getTime(), end: row.end.getTime(), bytes: BigInt(row.bytes) };
}
