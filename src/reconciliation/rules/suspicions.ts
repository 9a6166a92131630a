import type { FlowDirection, ReconciliationTerms } from '../../agreements/index.js';
import type { Instant } from '../../period/index.js';
import { isWithin, toleranceBytes, type ComparedBucket } from './compare-bucket.js';

export type FlagName = 'month_bias' | 'shift_suspect' | 'duplicate_suspect';

/** A hint at why the sides differ. It changes no figure (domain contract, section 5, points 5 and 6). */
export interface Flag {
  flag: FlagName;
  direction: FlowDirection;
  /** What it concerns, half-open; the whole period for `month_bias`. */
  start: Instant;
  end: Instant;
  scope: ComparedBucket['scope'] | null;
}

type Tolerance = Pick<ReconciliationTerms, 'absoluteBytes' | 'ppm'>;

/** Shortest run of discrepancies that can tell a shift from chance. */
const RUN_MIN = 3;
const HOUR_MS = 3_600_000;

/** Runs of discrepancies that vanish when one side is moved by one bucket or one hour. */
export function shiftSuspects(buckets: readonly ComparedBucket[], terms: Tolerance): Flag[] {
  return runsOfDiscrepancies(buckets).flatMap((run) => {
    const first = run[0]!;
    const last = run.at(-1)!;
    if (!isShifted(run, terms)) return [];
    const { direction, scope } = first;
    return [{ flag: 'shift_suspect', direction, scope, start: first.start, end: last.end }];
  });
}

/** Mismatches in which one side is a whole multiple of the other, as when reports were counted twice. */
export function duplicateSuspects(buckets: readonly ComparedBucket[], terms: Tolerance): Flag[] {
  return buckets.flatMap(({ status, senderBytes, receiverBytes, direction, start, end, scope }) =>
    status === 'mismatch' && isMultiple(senderBytes ?? 0n, receiverBytes ?? 0n, terms)
      ? [{ flag: 'duplicate_suspect', direction, start, end, scope }]
      : [],
  );
}

/** Whether the sums over two-sided buckets differ by more than the month's tolerance. */
export function hasMonthBias(
  buckets: readonly Pick<ComparedBucket, 'senderBytes' | 'receiverBytes'>[],
  terms: Pick<ReconciliationTerms, 'monthAbsoluteBytes' | 'monthPpm'>,
): boolean {
  let sent = 0n;
  let received = 0n;
  for (const { senderBytes, receiverBytes } of buckets) {
    if (senderBytes === null || receiverBytes === null) continue;
    sent += senderBytes;
    received += receiverBytes;
  }
  const month = { absoluteBytes: terms.monthAbsoluteBytes, ppm: terms.monthPpm };
  return !isWithin(sent, received, toleranceBytes(sent, received, month));
}

function isMultiple(sent: bigint, received: bigint, terms: Tolerance): boolean {
  const [small, large] = sent < received ? [sent, received] : [received, sent];
  if (small <= 0n) return false;
  const tolerance = toleranceBytes(sent, received, terms);
  const times = (large + small / 2n) / small;
  // A tolerance of half the smaller figure would make a multiple of everything.
  return times >= 2n && tolerance * 2n < small && isWithin(large, times * small, tolerance);
}

function runsOfDiscrepancies(buckets: readonly ComparedBucket[]): ComparedBucket[][] {
  const runs = new Map<string, ComparedBucket[][]>();
  for (const bucket of buckets) {
    if (bucket.status === 'exact' || bucket.status === 'within_tolerance') continue;
    const key = `${bucket.direction} ${JSON.stringify(bucket.scope)}`;
    const ofKey = runs.get(key) ?? [];
    const current = ofKey.at(-1);
    if (current && current.at(-1)!.index + 1 === bucket.index) current.push(bucket);
    else ofKey.push([bucket]);
    runs.set(key, ofKey);
  }
  return [...runs.values()].flat().filter((run) => run.length >= RUN_MIN && !allOfOneSize(run));
}

/** A constant gap comes from a rate or a missing customer, not from a clock. */
function allOfOneSize(run: readonly ComparedBucket[]): boolean {
  const size = (bucket: ComparedBucket): bigint => (bucket.senderBytes ?? 0n) - (bucket.receiverBytes ?? 0n);
  return run.every((bucket) => size(bucket) === size(run[0]!));
}

function isShifted(run: readonly ComparedBucket[], terms: Tolerance): boolean {
  const step_ms = run[1]!.end - run[1]!.start;
  const hour = HOUR_MS / step_ms;
  const steps = Number.isInteger(hour) && hour > 1 ? [1, -1, hour, -hour] : [1, -1];
  return steps.some((step) => matchesWhenShifted(run, step, terms));
}

/** Whether all that still overlaps after moving the receiver's side agrees, and that is more than one bucket. */
function matchesWhenShifted(run: readonly ComparedBucket[], step: number, terms: Tolerance): boolean {
  let compared = 0;
  for (const [at, { senderBytes }] of run.entries()) {
    const other = run[at + step];
    if (!other) continue;
    const { receiverBytes } = other;
    if (senderBytes === null || receiverBytes === null) return false;
    if (!isWithin(senderBytes, receiverBytes, toleranceBytes(senderBytes, receiverBytes, terms)))
      return false;
    compared += 1;
  }
  return compared > 1;
}
