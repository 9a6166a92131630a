import type { ReconciliationTerms } from '../../agreements/index.js';
import { isInstantValue, isTextValue, mapPage, page, readCursor } from '../../platform/http/index.js';
import type { ComparedBucket } from '../rules/compare-bucket.js';
import { positionOf, type BucketPosition, type DiscrepancyPosition } from '../rules/bucket-position.js';
import { showBucket, type BucketPage } from './reconciliation.dto.js';

/** The position that a cursor of a list of buckets names; null at its beginning. */
export function bucketPosition(cursor: string | undefined): BucketPosition | null {
  return readCursor<BucketPosition>(cursor, [
    isTextValue,
    isInstantValue,
    isTextValue,
    isTextValue,
    isTextValue,
  ]);
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
  const position = [isBytes, isTextValue, isInstantValue, isTextValue, isTextValue, isTextValue] as const;
  return readCursor<[string, ...DiscrepancyPosition]>(cursor, [isFigure, ...position]);
}

function isFigure(value: unknown): boolean {
  return value === '' || isBytes(value);
}

function isBytes(value: unknown): boolean {
  return typeof value === 'string' && /^\d{1,40}$/.test(value);
}
