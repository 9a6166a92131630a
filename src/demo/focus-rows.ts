import { parse } from 'csv-parse/sync';
import { add, multiply, parseDecimal, rational, roundHalfAwayFromZero, ZERO } from '../money/index.js';
import type { Rational } from '../money/index.js';

/** What the demo reads of a row of a FOCUS 1.0 bill; null where the bill says NULL. */
export interface FocusRow {
  /** The row's number in the file, the first after the header being 1. */
  number: number;
  description: string;
  quantity: string;
  billedCost: string;
  listCost: string;
  listUnitPrice: string;
  /** RFC 3339, UTC. */
  start: string;
  end: string;
  account: string | null;
  region: string | null;
}

/** Why a row of data transfer cannot be a report of traffic to another cloud. */
export type Reason = 'negative' | 'within_one_cloud' | 'unclear_direction';

/** What a row names at the other end of the transfer. */
export type FarEnd = 'internet' | 'region' | 'cdn';

/** What becomes of a row. */
export type Reading =
  | { kind: 'other_charge' }
  | { kind: 'left_out'; reason: Reason }
  | { kind: 'taken'; direction: 'egress' | 'ingress'; farEnd: FarEnd };

/** A row that counts as traffic. */
export interface TransferRow extends FocusRow {
  direction: 'egress' | 'ingress';
  farEnd: FarEnd;
}

/** A whole bill, sorted by what becomes of its rows. */
export interface SortedBill {
  rows: number;
  transferRows: number;
  taken: TransferRow[];
  leftOut: Record<Reason, number>;
}

/** Cloud providers meter binary units under the name GB. */
const BYTES_PER_BILLED_GB = 2n ** 30n;

const DIRECTIONS = { in: 'ingress', from: 'ingress', out: 'egress', to: 'egress' } as const;

/** Reads a FOCUS bill from its CSV text. */
export function readFocusBill(csv: string): FocusRow[] {
  const rows = parse<Record<string, string>>(csv, { columns: true, bom: true });
  return rows.map((row, index) => {
    const text = (column: string): string => {
      const value = row[column];
      if (value === undefined) throw new Error(`Row ${index + 1} of the bill has no column ${column}.`);
      return value;
    };
    const optional = (column: string): string | null => (text(column) === 'NULL' ? null : text(column));
    const figure = (column: string): string => optional(column) ?? '0';
    return {
      number: index + 1,
      description: text('ChargeDescription'),
      quantity: figure('ConsumedQuantity'),
      billedCost: figure('BilledCost'),
      listCost: figure('ListCost'),
      listUnitPrice: figure('ListUnitPrice'),
      start: instantOf(text('ChargePeriodStart')),
      end: instantOf(text('ChargePeriodEnd')),
      account: optional('SubAccountId'),
      region: optional('RegionId'),
    };
  });
}

/** Decides about one row by its words alone. The first reason that applies is the one that counts. */
export function readTransfer(row: Pick<FocusRow, 'description' | 'quantity' | 'billedCost'>): Reading {
  const description = row.description.toLowerCase();
  if (!description.includes('data transfer')) return { kind: 'other_charge' };
  if (row.quantity.startsWith('-') || row.billedCost.startsWith('-')) {
    return { kind: 'left_out', reason: 'negative' };
  }
  // "Regional" is between the zones of one region; "inter-region" names no end outside the provider.
  if (/\bregional\b|\binter-region\b/.test(description)) {
    return { kind: 'left_out', reason: 'within_one_cloud' };
  }
  const word = /\bdata transfer (in|from|out|to)\b/.exec(description)?.[1] as
    keyof typeof DIRECTIONS | undefined;
  if (word === undefined) return { kind: 'left_out', reason: 'unclear_direction' };
  return { kind: 'taken', direction: DIRECTIONS[word], farEnd: farEndOf(description) };
}

/** Sorts a bill's rows by what becomes of them. */
export function sortBill(rows: readonly FocusRow[]): SortedBill {
  const sorted: SortedBill = {
    rows: rows.length,
    transferRows: 0,
    taken: [],
    leftOut: { negative: 0, within_one_cloud: 0, unclear_direction: 0 },
  };
  for (const row of rows) {
    const reading = readTransfer(row);
    if (reading.kind === 'other_charge') continue;
    sorted.transferRows += 1;
    if (reading.kind === 'left_out') sorted.leftOut[reading.reason] += 1;
    else sorted.taken.push({ ...row, direction: reading.direction, farEnd: reading.farEnd });
  }
  return sorted;
}

/** The bytes of a billed quantity: exact, rounded once to the nearest byte. */
export function bytesOf(quantity: string): bigint {
  return roundHalfAwayFromZero(multiply(parseDecimal(quantity), rational(BYTES_PER_BILLED_GB)));
}

/** The exact sum of a column of decimals. */
export function sumOf(figures: readonly string[]): Rational {
  return figures.reduce((sum, figure) => add(sum, parseDecimal(figure)), ZERO);
}

/** "US West (Oregon) data transfer to EU (Ireland)" names a region on either side of the words. */
function farEndOf(description: string): FarEnd {
  if (/\bcloudfront\b/.test(description)) return 'cdn';
  return /\) data transfer (from|to) /.test(description) ? 'region' : 'internet';
}

/** FOCUS writes "2024-09-24 16:00:00", in UTC. */
function instantOf(text: string): string {
  const match = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})Z?$/.exec(text);
  if (!match) throw new Error(`Not an instant of a FOCUS bill: ${JSON.stringify(text)}`);
  return `${match[1]}T${match[2]}Z`;
}
