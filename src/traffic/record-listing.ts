import type { Queryable } from '../platform/database/index.js';
import { findRecordSpan } from './sql/find-record-span.js';
import {
  listRecords,
  type RecordFilter,
  type RecordListing,
  type RecordPosition,
} from './sql/list-records.js';

const HOUR_MS = 3_600_000;
/** No record is longer: a month has at most 745 hours. */
const LONGEST_MS = 745 * HOUR_MS;

/**
 * A page of a reporter's own records, by start. Records are found by block ranges of time, which are cheap to
 * keep and know no order; so the page is put together from windows of time, each twice as long as the one before.
 */
export async function recordsInOrder(
  db: Queryable,
  owner: { agreementId: string; reporterId: string },
  filter: RecordFilter,
  after: RecordPosition | null,
  limit: number,
): Promise<RecordListing[]> {
  const span = await findRecordSpan(db, owner.agreementId, owner.reporterId);
  if (!span) return [];
  const begin = Math.max(
    span.from.getTime(),
    after?.start.getTime() ?? 0,
    filter.from ? filter.from.getTime() - LONGEST_MS : 0,
  );
  const end = Math.min(span.to.getTime(), filter.to?.getTime() ?? Infinity);
  const found: RecordListing[] = [];
  // Whoever asks for one id asks for few records: all at once.
  let length_ms = filter.id === null ? HOUR_MS : end - begin;
  for (let from = begin; from < end && found.length < limit; from += length_ms, length_ms *= 2) {
    const window = { from: new Date(from), to: new Date(Math.min(from + length_ms, end)) };
    found.push(...(await listRecords(db, owner, filter, window, after, limit - found.length)));
  }
  return found;
}
