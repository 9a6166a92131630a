import type { ReconciliationTerms } from '../../agreements/index.js';
import { mapPage, page, readCursor } from '../../platform/http/index.js';
import type { ComparedBucket } from '../rules/compare-bucket.js';
import type { BucketPosition } from '../sql/list-buckets.js';
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

/** Where the list goes on after a bucket. */
export function positionOf({ direction, start, scope }: ComparedBucket): BucketPosition {
  return [direction, start, scope.sourceRegion, scope.destinationRegion, scope.service];
}

/** What a date can hold. */
const INSTANT_MAX = 8.64e15;

function isInstant(value: unknown): boolean {
  return Number.isInteger(value) && Math.abs(value as number) <= INSTANT_MAX;
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && !value.includes('\0');
}
