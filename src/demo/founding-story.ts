import { Temporal } from 'temporal-polyfill';
import { allocate } from '../money/index.js';
import { CURRENCY, type Peering, type TrafficReport } from './peering.js';

const TIMEZONE = 'Europe/Zurich';
const PERIOD = '2024-10';
const NIGHTS = 30;
const PRICES_FROM = '2024-01-01T00:00:00Z';
const GB = 10n ** 9n;

/**
 * The customers, each with its own reference at either cloud. Whole gigabytes, so that 22 and 15 cents a
 * gigabyte both come out in whole cents; 10,000 GB together.
 */
const CUSTOMERS = [
  { atNorth: 'acct-1001-observatory', atSouth: 'SC-77-observatory', bytes: 4_210n * GB },
  { atNorth: 'acct-1002-city-archive', atSouth: 'SC-12-city-archive', bytes: 2_905n * GB },
  { atNorth: 'acct-1003-clinic', atSouth: 'SC-45-clinic', bytes: 1_880n * GB },
  { atNorth: 'acct-1004-newsroom', atSouth: 'SC-31-newsroom', bytes: 1_005n * GB },
] as const;

/**
 * The founding story: nightly database backups of a few customers go from one cloud to the other, which used
 * to cost them 22 cents a GB on the way out and 15 on the way in. A fixed month, so that every run agrees;
 * its clocks change in the middle of a backup.
 */
export function foundingStory(): Peering {
  const hours = backupHours();
  return {
    agreement: { code: 'north-south', timezone: TIMEZONE, currency: CURRENCY },
    partyA: {
      code: 'northcloud',
      name: 'Northcloud AG',
      asns: [64_496],
      prices: [{ side: 'egress', unit: 'GB', unitPrice: '0.22', from: PRICES_FROM }],
    },
    partyB: {
      code: 'southcloud',
      name: 'Southcloud S.p.A.',
      asns: [64_497],
      prices: [{ side: 'ingress', unit: 'GB', unitPrice: '0.15', from: PRICES_FROM }],
    },
    period: PERIOD,
    terms: {
      reconciliation: { bucket: 'hour' },
      directions: { aToB: { zeroRating: { kind: 'all' } }, bToA: { zeroRating: { kind: 'all' } } },
    },
    reports: {
      A: CUSTOMERS.flatMap(({ atNorth, bytes }) => backups(hours, 'egress', atNorth, bytes)),
      B: CUSTOMERS.flatMap(({ atSouth, bytes }) => backups(hours, 'ingress', atSouth, bytes)),
    },
    gzip: false,
  };
}

interface BackupHour {
  start: Temporal.Instant;
  end: Temporal.Instant;
  weight: bigint;
}

/** The hours of the backups: 30 nights from 23:00 to 03:00 local, five hours when the clocks go back. */
function backupHours(): BackupHour[] {
  const first = Temporal.PlainDate.from(`${PERIOD}-01`);
  return Array.from({ length: NIGHTS }, (_, night) => first.add({ days: night })).flatMap((evening) => {
    const end = localInstant(evening.add({ days: 1 }), 3);
    // The full backup is made on Saturdays, the other nights take what changed since.
    const full = evening.dayOfWeek === 6 ? 9n : 1n;
    const hours: BackupHour[] = [];
    for (let at = localInstant(evening, 23); Temporal.Instant.compare(at, end) < 0;) {
      const next = at.add({ hours: 1 });
      hours.push({ start: at, end: next, weight: full * BigInt(7 - hours.length) });
      at = next;
    }
    return hours;
  });
}

function backups(
  hours: readonly BackupHour[],
  direction: TrafficReport['direction'],
  customer: string,
  bytes: bigint,
): TrafficReport[] {
  const shares = allocate(
    bytes,
    hours.map(({ weight }) => weight),
  );
  return hours.map(({ start, end }, index) => ({
    id: `${customer}-${start.toString()}`,
    direction,
    start: start.toString(),
    end: end.toString(),
    bytes: String(shares[index]),
    customer,
  }));
}

function localInstant(date: Temporal.PlainDate, hour: number): Temporal.Instant {
  return date.toZonedDateTime({ timeZone: TIMEZONE, plainTime: new Temporal.PlainTime(hour) }).toInstant();
}
