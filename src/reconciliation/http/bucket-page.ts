import type { ReconciliationTerms } from '../../agreements/index.js';
import { mapPage, page, readCursor } from '../../platform/http/index.js';
import type { ComparedBucket } from '../rules/compare-bucket.js';
import { showBucket, type BucketPage } from './reconciliation.dto.js';

type Key = [string, number, string, string, string];

/** A page of a period's buckets, which come in their order, after the one that the cursor names. */
export function bucketPage(
  buckets: readonly ComparedBucket[],
  terms: ReconciliationTerms,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): BucketPage {
  const after = readCursor<Key>(cursor, [isText, Number.isInteger, isText, isText, isText]);
  const wanted = after === null ? buckets : buckets.filter((bucket) => isAfter(keyOf(bucket), after));
  return mapPage(page(wanted.slice(0, limit + 1), limit, keyOf), (bucket) => showBucket(bucket, terms));
}

function keyOf({ direction, start, scope }: ComparedBucket): Key {
  return [direction, start, scope.sourceRegion, scope.destinationRegion, scope.service];
}

/** Compares keys in the order in which buckets are listed: texts by their UTF-8 bytes. */
function isAfter(key: Key, after: Key): boolean {
  for (const [index, part] of key.entries()) {
    const other = after[index]!;
    if (part === other) continue;
    if (typeof part === 'number') return part > (other as number);
    return Buffer.compare(Buffer.from(part), Buffer.from(other as string)) > 0;
  }
  return false;
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}
