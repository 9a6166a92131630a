import type { Terms } from '../../agreements/index.js';

const LIMITS = {
  sourceRegions: 'sourceRegion',
  destinationRegions: 'destinationRegion',
  services: 'service',
} as const;

/**
 * What simulated terms ask of a period that its buckets cannot tell: they are settled already, by the size and
 * scope of the terms that were in force. Empty when they can be priced.
 */
export function checkSimulation(
  simulated: Terms,
  inForce: Terms,
  period: string,
): { pointer: string; detail: string }[] {
  const { bucket, scope } = inForce.reconciliation;
  const mistakes: { pointer: string; detail: string }[] = [];
  if (simulated.percentile && bucket !== '5min') {
    const detail = `leave it out for ${period}: its buckets are of the size ${bucket}, not 5min`;
    mistakes.push({ pointer: '/terms/percentile', detail });
  }
  for (const direction of ['aToB', 'bToA'] as const) {
    const { zeroRating } = simulated.directions[direction];
    if (zeroRating.kind === 'none') continue;
    for (const [list, field] of Object.entries(LIMITS) as [
      keyof typeof LIMITS,
      (typeof LIMITS)[keyof typeof LIMITS],
    ][]) {
      if (zeroRating[list].length === 0 || scope.includes(field)) continue;
      const pointer = `/terms/directions/${direction}/zeroRating/${list}`;
      mistakes.push({ pointer, detail: `leave it out for ${period}: its buckets are not split by ${field}` });
    }
  }
  return mistakes;
}
