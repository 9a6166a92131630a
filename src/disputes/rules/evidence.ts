import type { FlowDirection, ScopeField, Terms } from '../../agreements/index.js';
import { bucketIndexAt, formatInstant, parseInstant, type BucketGrid } from '../../period/index.js';
import type { AgreedBytes, BucketKey } from '../../reconciliation/index.js';
import type { Resolution } from './dispute-state.js';

/** A bucket as it is named in the API and on record; the scope has its own fields only. */
export interface BucketReference {
  direction: FlowDirection;
  /** RFC 3339. */
  start: string;
  scope: Partial<Record<ScopeField, string>>;
}

/** What a party submits for both to see. */
export interface Evidence {
  text: string | null;
  buckets: BucketReference[];
}

/** Nothing but the step itself. */
export const NO_EVIDENCE: Evidence = { text: null, buckets: [] };

/** A resolution as it is on record: bytes in decimal digits, amounts in minor units. */
export type RecordedResolution =
  | { kind: 'bytes'; buckets: (BucketReference & { bytes: string })[] }
  | { kind: 'amount'; amount: string }
  | { kind: 'no_change' };

/** How a period is cut into buckets. */
export interface Cut {
  grid: BucketGrid;
  rules: Terms['reconciliation'];
}

/**
 * The bucket that a reference names, or what is wrong with the reference. It has to be one of the period, with
 * one value for each field of the scope.
 */
export function bucketOf(
  { direction, start: text, scope }: BucketReference,
  { grid, rules }: Cut,
): BucketKey | { pointer: string; detail: string } {
  const start = parseInstant(text);
  const index = start === null ? -1 : bucketIndexAt(grid, start);
  if (start === null || grid.starts[index] !== start) {
    const detail = `name the start of a bucket (${rules.bucket}) of the period, such as ${formatInstant(grid.starts[0]!)}`;
    return { pointer: '/start', detail };
  }
  for (const field of ['sourceRegion', 'destinationRegion', 'service'] as const) {
    const values = rules.scope.includes(field) ? (rules.scopeValues[field] ?? []) : null;
    const value = scope[field];
    if (values === null && value !== undefined) {
      return { pointer: `/scope/${field}`, detail: 'leave it out: buckets are not split by it' };
    }
    if (values !== null && (value === undefined || !values.includes(value))) {
      return { pointer: `/scope/${field}`, detail: `use one of the values of the terms' ${field}` };
    }
  }
  return {
    direction,
    start,
    scope: {
      sourceRegion: scope.sourceRegion ?? '',
      destinationRegion: scope.destinationRegion ?? '',
      service: scope.service ?? '',
    },
  };
}

/** How a bucket is named in the API and on record. */
export function referenceTo({ direction, start, scope }: BucketKey): BucketReference {
  const named = Object.entries(scope).filter(([, value]) => value !== '');
  return { direction, start: formatInstant(start), scope: Object.fromEntries(named) };
}

export function recordResolution(resolution: Resolution): RecordedResolution {
  switch (resolution.kind) {
    case 'bytes':
      return {
        kind: 'bytes',
        buckets: resolution.buckets.map((bucket) => ({
          ...referenceTo(bucket),
          bytes: String(bucket.bytes),
        })),
      };
    case 'amount':
      return { kind: 'amount', amount: String(resolution.amount) };
    case 'no_change':
      return { kind: 'no_change' };
  }
}

export function readResolution(recorded: RecordedResolution): Resolution {
  switch (recorded.kind) {
    case 'bytes':
      return { kind: 'bytes', buckets: recorded.buckets.map(readAgreedBucket) };
    case 'amount':
      return { kind: 'amount', amount: BigInt(recorded.amount) };
    case 'no_change':
      return { kind: 'no_change' };
  }
}

function readAgreedBucket({
  direction,
  start,
  scope,
  bytes,
}: BucketReference & { bytes: string }): AgreedBytes {
  const { sourceRegion = '', destinationRegion = '', service = '' } = scope;
  return {
    direction,
    start: parseInstant(start)!,
    scope: { sourceRegion, destinationRegion, service },
    bytes: BigInt(bytes),
  };
}
