import { bucketsOf, monthOf } from './calendar.js';
import { bytesBetween, type Reports } from './reports.js';
import { FLOWS, other, senderOf, type Flow, type Party, type Terms } from './terms.js';

/** A bucket of one flow and region, both sides, and what is settled. */
export interface Bucket {
  flow: Flow;
  start: number;
  seconds: number;
  region: string;
  sides: Record<'sender' | 'receiver', bigint | null>;
  settled: bigint;
}

/** What the parties agreed on in disputes, by {@link bucketKey}. */
export type Agreed = ReadonlyMap<string, bigint>;

export function bucketKey(flow: Flow, start: number, region: string): string {
  return `${flow} ${start} ${region}`;
}

/** A month's buckets of which a side reported something or bytes are agreed (section 5). */
export function settle(
  reports: Reports,
  terms: Terms,
  period: string,
  timezone: string,
  agreed: Agreed,
): Bucket[] {
  const { start, end } = monthOf(period, timezone);
  const starts = bucketsOf(period, terms.reconciliation.bucket, timezone);
  const buckets = new Map<string, Bucket>();
  const bucketAt = (flow: Flow, at: number, region: string): Bucket => {
    const key = bucketKey(flow, starts[at]!, region);
    let bucket = buckets.get(key);
    if (!bucket) {
      const seconds = ((starts[at + 1] ?? end) - starts[at]!) / 1000;
      const sides = { sender: null, receiver: null };
      bucket = { flow, start: starts[at]!, seconds, region, sides, settled: 0n };
      buckets.set(key, bucket);
    }
    return bucket;
  };
  const scoped = terms.reconciliation.scope.includes('sourceRegion');
  for (const flow of FLOWS) {
    const sender = senderOf(flow);
    for (const [side, party] of [
      ['sender', sender],
      ['receiver', other(sender)],
    ] as ['sender' | 'receiver', Party][]) {
      for (const report of reports.of(party, flow, start, end)) {
        const region = scoped ? report.sourceRegion! : '';
        for (let at = placeOf(starts, Math.max(report.start, start)); at < starts.length; at += 1) {
          if (starts[at]! >= report.end) break;
          const { sides } = bucketAt(flow, at, region);
          const from = Math.max(starts[at]!, report.start);
          const to = Math.min(starts[at + 1] ?? end, report.end);
          sides[side] = (sides[side] ?? 0n) + bytesBetween(report, from, to);
        }
      }
    }
  }
  for (const key of agreed.keys()) {
    const [flow, at, region = ''] = key.split(' ') as [Flow, string, string];
    if (Number(at) >= start && Number(at) < end) bucketAt(flow, starts.indexOf(Number(at)), region);
  }
  for (const [key, bucket] of buckets) bucket.settled = agreed.get(key) ?? settledOf(bucket, terms);
  return [...buckets.values()];
}

function settledOf({ sides: { sender, receiver } }: Bucket, { reconciliation }: Terms): bigint {
  if (sender === null || receiver === null) {
    return reconciliation.oneSided === 'hold' ? 0n : (sender ?? receiver ?? 0n);
  }
  if (sender === receiver) return sender;
  const [low, high] = sender < receiver ? [sender, receiver] : [receiver, sender];
  const relative = (BigInt(reconciliation.ppm) * high) / 1_000_000n;
  const absolute = BigInt(reconciliation.absoluteBytes);
  const isWithin = high - low <= (relative > absolute ? relative : absolute);
  const rule = isWithin ? reconciliation.settledBytesRule : reconciliation.mismatchRule;
  return { sender, receiver, lower: low, higher: high, average: (low + high) / 2n }[rule]!;
}

/** The place of the bucket that holds an instant. */
function placeOf(starts: readonly number[], instant: number): number {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (starts[middle]! <= instant) low = middle;
    else high = middle;
  }
  return low;
}
