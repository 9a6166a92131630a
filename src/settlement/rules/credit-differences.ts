import { formatAmount } from '../../money/index.js';
import { formatInstant } from '../../period/index.js';
import { documentDifferences, type DocumentDifference } from './document-differences.js';

/** What a stored credit, or share that yielded none, has in common with a computed one. */
interface Given {
  period: string;
  customer?: string | null;
  direction: string;
  side?: string;
  unit: string;
  unitPrice: string | null;
  region: string | null;
  refersTo?: string | null;
}

/** As it is stored: its place from 1, decimal digits, instants. */
export interface StoredGiven extends Given {
  position: number;
  bytes: string;
  priceFrom: Date | null;
  amount?: string | null;
  currency?: string;
}

/** As it is computed: at its place. */
export interface ComputedGiven extends Given {
  bytes: bigint;
  priceFrom: number | null;
  amount?: bigint | null;
}

/**
 * Where what is stored differs from what is computed, at the places `from` to `to`, counted from 1: `pointer` names
 * the list, `currency` is the provider's. What only one side has is undefined on the other.
 */
export function givenDifferences(
  pointer: string,
  stored: readonly StoredGiven[],
  computed: readonly ComputedGiven[],
  { currency, from, to }: { currency: string; from: number; to: number },
): DocumentDifference[] {
  const byPosition = new Map(stored.map((each) => [each.position, each]));
  const differences: DocumentDifference[] = [];
  for (let position = from; position <= to; position += 1) {
    const [had, is] = [byPosition.get(position), computed[position - 1]];
    const found = documentDifferences(had && shownStored(had), is && shownComputed(is, currency));
    for (const each of found)
      differences.push({ ...each, pointer: `${pointer}/${position - 1}${each.pointer}` });
  }
  return differences;
}

function shownStored({ position: _, bytes, priceFrom, amount, currency, ...given }: StoredGiven): object {
  return {
    ...figuresOf(given),
    bytes,
    priceFrom: priceFrom && formatInstant(priceFrom.getTime()),
    ...(currency !== undefined && { currency }),
    ...(amount !== undefined && { amount: shownAmount(amount === null ? null : BigInt(amount), currency!) }),
  };
}

function shownComputed({ bytes, priceFrom, amount, ...given }: ComputedGiven, currency: string): object {
  return {
    ...figuresOf(given),
    bytes: String(bytes),
    priceFrom: priceFrom === null ? null : formatInstant(priceFrom),
    ...(amount !== undefined && { currency, amount: shownAmount(amount, currency) }),
  };
}

/** Credits have a customer, a side and what they refer to; shares have none of these. */
function figuresOf({ period, customer, direction, side, unit, unitPrice, region, refersTo }: Given): object {
  const figures = { period, direction, unit, unitPrice, region };
  return side === undefined ? figures : { ...figures, customer, side, refersTo };
}

function shownAmount(amount: bigint | null, currency: string): string | null {
  return amount === null ? null : formatAmount(amount, currency);
}
