import type { Random } from '../support/random.js';
import { bucketsOf } from './oracle/calendar.js';
import type { Report } from './oracle/reports.js';
import type { Flow, Party } from './oracle/terms.js';

const MINUTE_MS = 60_000;

/** How a month's traffic is made. */
export interface TrafficPlan {
  /** Length of a record. */
  slot: '5min' | 'hour';
  regions: readonly string[];
  /** One slot in so many has traffic, by flow. */
  sparse: Record<Flow, number>;
  /** Bytes of a record are below this. */
  limit: number;
}

export type Sides = Record<Party, Report[]>;

const SENDER_CUSTOMERS = ['acme', 'bolt', 'cargo', 'vip', undefined];
const RECEIVER_CUSTOMERS = ['x-1', 'x-2', undefined];

/**
 * Both sides' records of a month, whole seconds and no longer than a bucket. The sides agree for the most part;
 * else they differ within tolerance, differ beyond it, or one says nothing, or zero. Some records cross the
 * boundary of a bucket, and the last ones that of the month.
 */
export function monthOfTraffic(random: Random, period: string, timezone: string, plan: TrafficPlan): Sides {
  const sides: Sides = { A: [], B: [] };
  const starts = bucketsOf(period, plan.slot, timezone);
  const length = (plan.slot === 'hour' ? 60 : 5) * MINUTE_MS;
  for (const flow of ['aToB', 'bToA'] as const) {
    starts.forEach((slotStart, at) => {
      const isLast = at === starts.length - 1;
      if (!isLast && !random.once(plan.sparse[flow])) return;
      const start = slotStart + (isLast || random.once(10) ? Math.floor(length / 3 / 1000) * 1000 : 0);
      addPair(sides, random, flow, { id: `${period}-${flow}-${at}`, start, end: start + length }, plan);
    });
  }
  return sides;
}

/** A pair of records in a slot that the month did not use, as it comes late. */
export function latePair(random: Random, id: string, flow: Flow, start: number, plan: TrafficPlan): Sides {
  const sides: Sides = { A: [], B: [] };
  const length = (plan.slot === 'hour' ? 60 : 5) * MINUTE_MS;
  addPair(sides, random, flow, { id, start, end: start + length }, plan);
  return sides;
}

function addPair(
  sides: Sides,
  random: Random,
  flow: Flow,
  when: { id: string; start: number; end: number },
  { regions, limit }: TrafficPlan,
): void {
  const bytes = BigInt(random.below(limit)) * 1000n + BigInt(random.below(1000));
  const of = { ...when, sourceRegion: random.pick(regions) };
  const [sender, receiver] = flow === 'aToB' ? (['A', 'B'] as const) : (['B', 'A'] as const);
  const sent: Report = { ...of, direction: 'egress', bytes, ...customer(random.pick(SENDER_CUSTOMERS)) };
  const received = (figure: bigint): Report => {
    return { ...of, direction: 'ingress', bytes: figure, ...customer(random.pick(RECEIVER_CUSTOMERS)) };
  };
  const outcome = random.below(20);
  if (outcome !== 18) sides[sender].push(sent);
  if (outcome < 11 || outcome === 18) sides[receiver].push(received(bytes));
  else if (outcome < 14) sides[receiver].push(received(bytes - bytes / 2000n));
  else if (outcome < 17) sides[receiver].push(received((bytes * 9n) / 10n));
  else if (outcome === 19) sides[receiver].push(received(0n));
}

/** VIPs were always charged a price of their own. */
function customer(name: string | undefined): Partial<Report> {
  if (name === undefined) return {};
  return name === 'vip' ? { customer: name, chargedUnitPrice: '0.031' } : { customer: name };
}
