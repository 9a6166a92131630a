import { createHash } from 'node:crypto';
import { parseAmount } from '../../money/index.js';
import type { StatementDocument } from './statement-document.js';

/** What is stored of a statement, and what A's book holds of it, in minor units. */
export interface StatementProof {
  sequence: number;
  /** The agreement's clock at its issue, and when it was made void; null unless it is. */
  recordedUpTo: string;
  voidRecorded: string | null;
  document: string;
  sha256: string;
  closingBalance: string;
  postedForA: string;
  postedForB: string;
}

/** What the statements after one are held against. */
export type EarlierStatement = Pick<
  StatementProof,
  'sequence' | 'sha256' | 'closingBalance' | 'voidRecorded'
>;

/** What is wrong with a statement, given all before it, oldest first; null where nothing is. */
export function faultInStatement(
  { sequence, document, sha256, ...stored }: StatementProof,
  earlier: readonly EarlierStatement[],
): string | null {
  const previous = earlier.at(-1);
  const expected = (previous?.sequence ?? 0) + 1;
  if (sequence !== expected) return `statement ${expected} is missing`;
  const computed = createHash('sha256').update(document).digest('hex');
  if (computed !== sha256) return `statement ${sequence}: the hash is not that of its content`;
  const content = JSON.parse(document) as StatementDocument;
  if (content.previousSha256 !== (previous?.sha256 ?? null))
    return `statement ${sequence}: it does not follow the statement before it`;
  const minor = (text: string): bigint => parseAmount(text, content.currency);
  const [byA, byB] = [minor(content.payableByA), minor(content.payableByB)];
  if (BigInt(stored.postedForA) !== byA || BigInt(stored.postedForB) !== byB)
    return `statement ${sequence}: the books do not hold what it charges`;
  if (minor(content.openingBalance) !== carriedOver(earlier, BigInt(stored.recordedUpTo)))
    return `statement ${sequence}: its opening balance is not the closing balance before it`;
  const closing = minor(content.openingBalance) + byA - byB - minor(content.paymentsSince);
  if (closing !== minor(content.closingBalance) || closing !== BigInt(stored.closingBalance))
    return `statement ${sequence}: its closing balance is not opening + net - payments`;
  return null;
}

/** The closing balance of the last statement that stood when the agreement's clock showed a figure. */
function carriedOver(earlier: readonly EarlierStatement[], recordedUpTo: bigint): bigint {
  const last = earlier.findLast(
    ({ voidRecorded }) => voidRecorded === null || BigInt(voidRecorded) > recordedUpTo,
  );
  return BigInt(last?.closingBalance ?? 0);
}
