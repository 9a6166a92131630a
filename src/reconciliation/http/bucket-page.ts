import type { ReconciliationTerms } from '../../agreements/index.js';
import { mapPage, page, readCursor } from '../../platform/http/index.js';
import type { ComparedBucket } from '../rules/compare-bucket.js';
import { positionOf, type BucketPosition, type DiscrepancyPosition } from '../rules/bucket-position.js';
import { showBucket, type BucketPage } from './reconciliation.dto.js';

/** The position that a cursor of a list of buckets names; null at its beginning. */
export function bucketPosition(cursor: string | undefined): BucketPosition | null {
  return readCursor<BucketPosition>(cursor, [isText, isInstant, isText, isText, isText]);
}

/** A page of buckets, of which one more than the limit was read to see whether there is a next page. */
export function bucketPage(
  buckets: readonly ComparedBucket[],
  terms: ReconciliationTerms,
  limit: number,
): BucketPage {
  return mapPage(page([...buckets], limit, positionOf), (bucket) => showBucket(bucket, terms));
}

/** The same of a list of discrepancies that is sorted by another figure first, which may be missing. */
export function rankedDiscrepancyPosition(
  cursor: string | undefined,
): [figure: string, ...DiscrepancyPosition] | null {
  const position = [isBytes, isText, isInstant, isText, isText, isText] as const;
  return readCursor<[string, ...DiscrepancyPosition]>(cursor, [isFigure, ...position]);
}

function isFigure(value: unknown): boolean {
  return value === '' || isBytes(value);
}

function isBytes(value: unknown): boolean {
  return typeof value === 'string' && /^\d{1,40}$/.test(value);
}

/** What a date can hold. */
const INSTANT_MAX = 8.64e15;

function isInstant(value: unknown): boolean {
  return Number.isInteger(value) && Math.abs(value as number) <= INSTANT_MAX;
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && !value.includes('\0');
}
