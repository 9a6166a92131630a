import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compare, parseDecimal } from '../money/index.js';
import { disagree, type Disagreements, type OtherSide } from './disagreements.js';
import { bytesOf, readFocusBill, sortBill, type SortedBill, type TransferRow } from './focus-rows.js';
import { CURRENCY, type Cloud, type CloudPrice, type Peering, type TrafficReport } from './peering.js';

/** The sample is small: what it bills in a month is multiplied by this. */
export const SCALE = 10n ** 6n;
/** Where the other side's disagreements come from. */
export const SEED = 'peerledger-2024-09';

const PERIOD = '2024-09';
const PRICES_FROM = '2024-09-01T00:00:00Z';
const DISAGREEMENTS: Disagreements = { missing: 3, lost_record: 2, wrong_bytes: 3, noise: 14 };

/** The peering that is made of a real bill, and how it was made. */
export interface RealBill {
  peering: Peering;
  bill: SortedBill;
  /** Days of either direction by how the other side sees them. */
  days: OtherSide<never>['days'];
}

/** The bill's text, from the package's own copy. */
export function readSample(): string {
  return readFileSync(join(packageRoot(), 'src', 'demo', 'focus-sample', 'focus_sample.csv'), 'utf8');
}

/**
 * A real bill's data transfer of September 2024 as one cloud's reports, and the other cloud's as made from them:
 * whatever leaves one enters the other. Part of it is zero-rated, the rest is paid for.
 */
export function realBill(csv: string): RealBill {
  const bill = sortBill(readFocusBill(csv));
  const billed = bill.taken.map((row) => ({
    ...row,
    id: `row-${row.number}`,
    bytes: bytesOf(row.quantity) * SCALE,
  }));
  const { measurements, days } = disagree(billed, SEED, DISAGREEMENTS);
  const references = harborReferences(bill.taken);
  return {
    peering: {
      agreement: { code: 'sunbird-harbor', timezone: 'UTC', currency: CURRENCY },
      partyA: sunbird(bill.taken),
      partyB: harbor(),
      period: PERIOD,
      terms: terms(),
      reports: {
        A: billed.map(sunbirdReport),
        B: measurements.map((row) => harborReport(row, references)),
      },
      gzip: true,
    },
    bill,
    days,
  };
}

type BilledRow = TransferRow & { id: string; bytes: bigint };

/** The providers of the sample, taken as one cloud under an invented name. */
function sunbird(rows: readonly TransferRow[]): Cloud {
  const sides = ['egress', 'ingress'] as const;
  return {
    code: 'sunbird-cloud',
    name: 'Sunbird Cloud, Inc.',
    asns: [64_498],
    // The highest price of the bill: what a row's customer was really charged is never above it, so it governs.
    prices: sides.map((side) => listPrice(side, highestPrice(rows.filter((row) => row.direction === side)))),
  };
}

/** The invented other side. Letting traffic in is free there, as at every large cloud. */
function harbor(): Cloud {
  return {
    code: 'harbor-cloud',
    name: 'Harbor Cloud Ltd',
    asns: [64_499],
    prices: [listPrice('egress', '0.08'), listPrice('ingress', '0')],
  };
}

/** A day is the longest interval in the bill, so days are compared. */
function terms(): object {
  const paidAbove = (quantity: string, unitPrice: string): object => ({
    zeroRating: { kind: 'allowance', quantity, unit: 'GiB' },
    pricing: { model: 'linear', unit: 'GiB', payer: 'sender', unitPrice },
  });
  return {
    reconciliation: {
      bucket: 'day',
      ppm: 1000,
      monthPpm: 1000,
      settledBytesRule: 'lower',
      mismatchRule: 'lower',
      oneSided: 'use_reported',
    },
    directions: { aToB: paidAbove('3000000', '0.01'), bToA: paidAbove('50000000', '0.002') },
  };
}

function sunbirdReport(row: BilledRow): TrafficReport {
  const ownRegion = row.direction === 'egress' ? 'sourceRegion' : 'destinationRegion';
  return {
    ...interval(row),
    id: row.id,
    direction: row.direction,
    bytes: String(row.bytes),
    chargedUnitPrice: row.listUnitPrice,
    ...(row.account !== null && { customer: row.account }),
    ...(row.region !== null && { [ownRegion]: row.region }),
  };
}

/** The same traffic at the other end: what one sends, the other receives. */
function harborReport(row: BilledRow, references: ReadonlyMap<string, string>): TrafficReport {
  const customer = row.account === null ? undefined : references.get(row.account);
  return {
    ...interval(row),
    id: `harbor-${row.id}`,
    direction: row.direction === 'egress' ? 'ingress' : 'egress',
    bytes: String(row.bytes),
    ...(customer !== undefined && { customer }),
  };
}

function interval({ start, end }: TransferRow): Pick<TrafficReport, 'start' | 'end'> {
  return { start, end };
}

/** Every account of the bill has a customer at the other cloud, under that cloud's own reference. */
function harborReferences(rows: readonly TransferRow[]): Map<string, string> {
  const accounts = [...new Set(rows.flatMap(({ account }) => (account === null ? [] : [account])))];
  return new Map(accounts.map((account, index) => [account, `HC-${String(index + 1).padStart(4, '0')}`]));
}

function listPrice(side: CloudPrice['side'], unitPrice: string): CloudPrice {
  return { side, unit: 'GiB', unitPrice, from: PRICES_FROM };
}

function highestPrice(rows: readonly TransferRow[]): string {
  return rows.reduce(
    (highest, { listUnitPrice }) =>
      compare(parseDecimal(listUnitPrice), parseDecimal(highest)) > 0 ? listUnitPrice : highest,
    '0',
  );
}

/** The compiled file lies elsewhere than its source, but both below the package's own folder. */
function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    if (dirname(folder) === folder) throw new Error('The demo runs only from its own package.');
    folder = dirname(folder);
  }
  return folder;
}
