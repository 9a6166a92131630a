/** Where two documents differ, and what each says there. */
export interface DocumentDifference {
  /** JSON pointer (RFC 6901). */
  pointer: string;
  stored: unknown;
  recomputed: unknown;
}

/** How many differences are named; one is enough to be wrong. */
export const NAMED_MAX = 20;

/** The first places at which two JSON values differ; what only one of them has is undefined in the other. */
export function documentDifferences(stored: unknown, recomputed: unknown): DocumentDifference[] {
  const differences: DocumentDifference[] = [];
  compare(stored, recomputed, '', differences);
  return differences;
}

function compare(stored: unknown, recomputed: unknown, pointer: string, found: DocumentDifference[]): void {
  if (found.length >= NAMED_MAX) return;
  if (!isBranch(stored) || !isBranch(recomputed)) {
    if (!Object.is(stored, recomputed)) found.push({ pointer, stored, recomputed });
    return;
  }
  for (const key of new Set([...Object.keys(stored), ...Object.keys(recomputed)])) {
    const step = key.replaceAll('~', '~0').replaceAll('/', '~1');
    compare(stored[key], recomputed[key], `${pointer}/${step}`, found);
  }
}

function isBranch(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
