import type { Instant } from '../../period/index.js';
import type { ListPrice } from '../../providers/index.js';

/**
 * Whether a new price may not be added because of an issued period: it takes effect inside it, or it would
 * change the price of traffic that had one (domain contract, section 8). A price from its start or earlier
 * that only reaches traffic without a price is welcome: those bytes are credited with the next statement.
 */
export function reachesIssued(
  added: ListPrice,
  existing: readonly ListPrice[],
  issued: { start: Instant; end: Instant },
): boolean {
  if (added.from > issued.start) return added.from < issued.end;
  const ofSide = existing.filter(({ side }) => side === added.side);
  const ofSlot = ofSide.filter(({ region }) => region === added.region);
  const later = ofSlot.map(({ from }) => from).filter((from) => from > added.from);
  const end = Math.min(issued.end, ...later);
  if (end <= issued.start) return false;
  // Ingress is free where no price says otherwise, which is a price too.
  if (added.side === 'ingress' || ofSlot.some(({ from }) => from < added.from)) return true;
  return added.region !== null && ofSide.some(({ region, from }) => region === null && from < end);
}
