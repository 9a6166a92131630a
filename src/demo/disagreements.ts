import { createHash } from 'node:crypto';

/** A report that the other side may see differently. */
export interface Measurement {
  id: string;
  direction: string;
  /** RFC 3339, UTC. */
  start: string;
  bytes: bigint;
}

/** How the other side's reports of one day and direction differ. */
export const FATES = ['missing', 'lost_record', 'wrong_bytes', 'noise', 'equal'] as const;
export type Fate = (typeof FATES)[number];

/** How many days, of all days of both directions, get which fate; the rest stays equal. */
export type Disagreements = Record<Exclude<Fate, 'equal'>, number>;

/** The other side's view. */
export interface OtherSide<T extends Measurement> {
  measurements: T[];
  /** Days by fate, a day of each direction counting as one. */
  days: Record<Fate, number>;
}

/** Below the tolerance of 1000 ppm, so that a whole day of such records stays within it. */
const NOISE_MAX_PPM = 900;
const WRONG_MIN_PPM = 50_000;
const WRONG_MAX_PPM = 300_000;

/**
 * Makes the other side's reports from one side's, with disagreements that depend on the seed, the ids and the
 * days alone: the same ones in every run. Whole days are dealt with, because days are what is compared.
 */
export function disagree<T extends Measurement>(
  reports: readonly T[],
  seed: string,
  wanted: Disagreements,
): OtherSide<T> {
  const fates = dealFates(reports, seed, wanted);
  const days: OtherSide<T>['days'] = { missing: 0, lost_record: 0, wrong_bytes: 0, noise: 0, equal: 0 };
  for (const fate of fates.values()) days[fate] += 1;
  const largest = largestOfEachDay(reports);
  const measurements = reports.flatMap((report) => {
    const day = dayOf(report);
    const isLargest = largest.get(day) === report;
    switch (fates.get(day)) {
      case 'missing':
        return [];
      case 'lost_record':
        return isLargest ? [] : [report];
      case 'wrong_bytes':
        return [isLargest ? off(report, seed, WRONG_MIN_PPM, WRONG_MAX_PPM) : report];
      case 'noise':
        return [off(report, seed, 1, NOISE_MAX_PPM)];
      default:
        return [report];
    }
  });
  return { measurements, days };
}

/** Draws the days in the order of a hash, so that every fate gets exactly the days that are wanted for it. */
function dealFates(reports: readonly Measurement[], seed: string, wanted: Disagreements): Map<string, Fate> {
  const records = new Map<string, number>();
  for (const report of reports) records.set(dayOf(report), (records.get(dayOf(report)) ?? 0) + 1);
  const drawn = [...records.keys()]
    .map((day) => ({ day, ticket: draw(seed, `day ${day}`) }))
    .sort((a, b) => a.ticket - b.ticket || (a.day < b.day ? -1 : 1))
    .map(({ day }) => day);
  const fates = new Map<string, Fate>();
  for (const fate of FATES) {
    if (fate === 'equal') break;
    // A day that loses its only record is a missing day, which is another fate.
    const free = drawn.filter((day) => !fates.has(day) && (fate !== 'lost_record' || records.get(day)! > 1));
    for (const day of free.slice(0, wanted[fate])) fates.set(day, fate);
  }
  for (const day of drawn) if (!fates.has(day)) fates.set(day, 'equal');
  return fates;
}

function largestOfEachDay<T extends Measurement>(reports: readonly T[]): Map<string, T> {
  const largest = new Map<string, T>();
  for (const report of reports) {
    const before = largest.get(dayOf(report));
    if (!before || report.bytes > before.bytes) largest.set(dayOf(report), report);
  }
  return largest;
}

/** The report with its bytes off by a share between the two bounds, up or down. */
function off<T extends Measurement>(report: T, seed: string, min_ppm: number, max_ppm: number): T {
  const drawn = draw(seed, `bytes ${report.id}`);
  const share_ppm = BigInt(min_ppm + (Math.floor(drawn / 2) % (max_ppm - min_ppm + 1)));
  const difference = (report.bytes * share_ppm) / 1_000_000n;
  return { ...report, bytes: drawn % 2 === 0 ? report.bytes + difference : report.bytes - difference };
}

function dayOf({ direction, start }: Measurement): string {
  return `${direction} ${start.slice(0, 10)}`;
}

/** A number from 0 to 2^32 - 1 that depends on the seed and the purpose alone. */
function draw(seed: string, purpose: string): number {
  return createHash('sha256').update(`${seed}\n${purpose}`).digest().readUInt32BE();
}
