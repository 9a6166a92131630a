import { formatAmount } from '../../money/index.js';
import { formatInstant } from '../../period/index.js';
import type { DocumentDifference } from './document-differences.js';

/** A payment that was confirmed, or taken back. */
export interface PaymentEvent {
  /** As the ledger knows it. */
  sourceKind: string;
  sourceId: string;
  effectiveAt: Date;
  /** Minor units; positive where A paid B, and negative where that was taken back. */
  paidByA: bigint;
}

/** A step of a dispute. */
export interface DisputeEvent {
  id: string;
  /** Where it stands in the history: JSON pointer. */
  pointer: string;
  takenAt: Date;
  /** By how much more the disputed lines keep back after it, in minor units without sign. */
  withheldChange: bigint;
}

/** What A's book took of it: by how much more A is owed, owes, and both are disputed; undefined where nothing. */
export type Taken = { effectiveAt: Date; receivable: bigint; payable: bigint; disputed: bigint } | undefined;

/** Where A's book does not have what a payment says. */
export function faultsOfPayment(
  { sourceKind, sourceId, effectiveAt, paidByA }: PaymentEvent,
  taken: Taken,
  currency: string,
): DocumentDifference[] {
  const pointer = `/payments/${sourceId}/${sourceKind}`;
  const posted = taken ? taken.receivable - taken.payable : 0n;
  return [
    ...unequal(`${pointer}/paidByA`, formatAmount(paidByA, currency), formatAmount(posted, currency)),
    ...unequalInstants(`${pointer}/effectiveAt`, effectiveAt, taken?.effectiveAt),
  ];
}

/** Where A's book does not have what a step of a dispute says. */
export function faultsOfDisputeStep(
  { pointer, takenAt, withheldChange }: DisputeEvent,
  taken: Taken,
  currency: string,
): DocumentDifference[] {
  // The record has no sign; the books have that of the charge.
  const [said, moved] = [size(withheldChange), size(taken?.disputed ?? 0n)];
  return [
    ...unequal(`${pointer}/withheldChange`, formatAmount(said, currency), formatAmount(moved, currency)),
    ...unequalInstants(`${pointer}/at`, takenAt, taken?.effectiveAt),
  ];
}

/** Where A's book does not have what a statement charges; amounts in minor units. */
export function faultsOfStatement(
  charged: { A: bigint; B: bigint },
  issuedAt: Date,
  taken: Taken,
  currency: string,
): DocumentDifference[] {
  const { payable = 0n, receivable = 0n } = taken ?? {};
  return [
    ...unequal('/posted/payableByA', formatAmount(payable, currency), formatAmount(charged.A, currency)),
    ...unequal('/posted/payableByB', formatAmount(receivable, currency), formatAmount(charged.B, currency)),
    ...unequalInstants('/posted/effectiveAt', taken?.effectiveAt ?? issuedAt, issuedAt),
  ];
}

/** One difference, or none where both are the same. */
export function unequal(pointer: string, stored: unknown, recomputed: unknown): DocumentDifference[] {
  return stored === recomputed ? [] : [{ pointer, stored, recomputed }];
}

function size(amount: bigint): bigint {
  return amount < 0n ? -amount : amount;
}

/** What posted nothing has no instant in the books. */
function unequalInstants(pointer: string, stored: Date, posted: Date | undefined): DocumentDifference[] {
  if (posted === undefined) return [];
  return unequal(pointer, formatInstant(stored.getTime()), formatInstant(posted.getTime()));
}
