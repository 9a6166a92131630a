import type { Terms } from './terms.js';

/** A version that both parties accepted. */
export interface VersionInForce {
  version: number;
  /** First period it governs, `YYYY-MM`. */
  effectiveFrom: string;
  /** When the second acceptance came, in ms since the epoch. */
  inForceAt: number;
  terms: Terms;
}

/**
 * The version that governs a period: the one with the latest start not after it, and of two with the
 * same start the one accepted later. Undefined where none governs (domain contract, section 2).
 */
export function versionInForce(
  versions: readonly VersionInForce[],
  period: string,
): VersionInForce | undefined {
  let found: VersionInForce | undefined;
  for (const candidate of versions) {
    if (candidate.effectiveFrom > period) continue;
    if (!found || candidate.effectiveFrom > found.effectiveFrom) found = candidate;
    else if (candidate.effectiveFrom === found.effectiveFrom && candidate.version > found.version)
      found = candidate;
  }
  return found;
}
