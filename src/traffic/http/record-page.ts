import { formatInstant, parseInstant } from '../../period/index.js';
import { isTextValue, mapPage, page, readCursor } from '../../platform/http/index.js';
import { REVISION_MAX } from '../rules/read-record.js';
import type { RecordListing, RecordPosition } from '../sql/list-records.js';
import { showRecord, type TrafficRecordPage } from './records.dto.js';

/** The place in a list of records that a cursor names. */
export function recordPosition(cursor: string | undefined): RecordPosition | null {
  const key = readCursor<[string, string, number]>(cursor, [isStart, isTextValue, isRevision]);
  return key && { start: new Date(parseInstant(key[0])!), id: key[1], revision: key[2] };
}

/** A page of records, of which one more than `limit` was fetched. */
export function recordPage(rows: readonly RecordListing[], limit: number): TrafficRecordPage {
  const shown = page(rows, limit, ({ start, id, revision }) => [
    formatInstant(start.getTime()),
    id,
    revision,
  ]);
  return mapPage(shown, showRecord);
}

function isStart(value: unknown): boolean {
  return isTextValue(value) && parseInstant(value as string) !== null;
}

function isRevision(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= REVISION_MAX;
}
