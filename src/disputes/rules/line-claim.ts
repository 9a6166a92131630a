import { amountOf, isTrafficUnit, parseDecimal, quantityOf } from '../../money/index.js';

/** A line of a statement, as far as a claim about it goes. */
export interface ClaimedLine {
  kind: string;
  /** Whole bytes in decimal digits, null where the line counts none. */
  bytes: string | null;
  unit: string;
  unitPrice: string;
  /** Minor units; negative on an adjustment that gives back. */
  amount: bigint;
}

/**
 * The amount that a line would come to with other bytes at its own unit price, in minor units; null where the
 * line is not priced by its bytes, so that only an amount can be claimed.
 */
export function amountForBytes(line: ClaimedLine, bytes: bigint, currency: string): bigint | null {
  if (line.kind === 'adjustment' || line.bytes === null || !isTrafficUnit(line.unit)) return null;
  return amountOf(quantityOf(bytes, line.unit), parseDecimal(line.unitPrice), currency);
}

/**
 * The part of a charge that a claim contests (domain contract, section 10), from 0 to the whole of it: what
 * was charged beyond the claim. A claim for more than was charged contests nothing. A negative charge is one
 * of the payee's, with all signs turned.
 */
export function contestedAmount(charged: bigint, claimed: bigint): bigint {
  const [charge, claim] = charged < 0n ? [-charged, -claimed] : [charged, claimed];
  if (claim >= charge) return 0n;
  return claim <= 0n ? charge : charge - claim;
}
