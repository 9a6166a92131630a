import { createHash } from 'node:crypto';
import { parseAmount } from '../../money/index.js';
import type { StatementDocument } from './statement-document.js';

/** What is stored of a statement, and what A's book holds of it, in minor units. */
export interface StatementProof {
  sequence: number;
  document: string;
  sha256: string;
  closingBalance: string;
  postedForA: string;
  postedForB: string;
}

/** What is wrong with a statement, given the hash of the one before it; null where nothing is. */
export function faultInStatement(
  { sequence, document, sha256, ...stored }: StatementProof,
  previous: { sequence: number; sha256: string | null },
): string | null {
  if (sequence !== previous.sequence + 1) return `statement ${previous.sequence + 1} is missing`;
  const computed = createHash('sha256').update(document).digest('hex');
  if (computed !== sha256) return `statement ${sequence}: the hash is not that of its content`;
  const content = JSON.parse(document) as StatementDocument;
  if (content.previousSha256 !== previous.sha256)
    return `statement ${sequence}: it does not follow the statement before it`;
  const minor = (text: string): bigint => parseAmount(text, content.currency);
  const [byA, byB] = [minor(content.payableByA), minor(content.payableByB)];
  if (BigInt(stored.postedForA) !== byA || BigInt(stored.postedForB) !== byB)
    return `statement ${sequence}: the books do not hold what it charges`;
  const closing = minor(content.openingBalance) + byA - byB - minor(content.paymentsSince);
  if (closing !== minor(content.closingBalance) || closing !== BigInt(stored.closingBalance))
    return `statement ${sequence}: its closing balance is not opening + net - payments`;
  return null;
}
