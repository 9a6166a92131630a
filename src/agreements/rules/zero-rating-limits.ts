import type { FlowDirection, ScopeField, Terms } from './terms.js';

/** Whether a direction's zero-rating could cover traffic of this scope: its limits, not its amount. */
export function isZeroRatable(
  scope: Record<ScopeField, string | null>,
  terms: Pick<Terms, 'directions'>,
  direction: FlowDirection,
): boolean {
  const { zeroRating } = terms.directions[direction];
  if (zeroRating.kind === 'none') return false;
  return (
    isWithin(zeroRating.sourceRegions, scope.sourceRegion) &&
    isWithin(zeroRating.destinationRegions, scope.destinationRegion) &&
    isWithin(zeroRating.services, scope.service)
  );
}

function isWithin(limit: readonly string[], value: string | null): boolean {
  return limit.length === 0 || (value !== null && limit.includes(value));
}
