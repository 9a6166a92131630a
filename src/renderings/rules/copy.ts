import type { Side } from '../../agreements/index.js';
import { sideOfCode, type StatementModel } from './statement-model.js';

/** What a party credits to its own customers with a statement; for that party's eyes alone. */
export interface CreditSummary {
  count: number;
  bytes: string;
  unpricedBytes: string;
  /** In `currency`, the party's billing currency. */
  amount: string;
  currency: string;
  /** As the ledger books them; one for each direction and side. */
  bySide: { direction: string; side: string; amount: string; currency: string }[];
  /** With the earlier statements of the agreement. */
  sinceAgreementBegan: { amount: string; currency: string }[];
}

/** Whose copy of a statement is made: a party's, or one that shows nothing of either party's own. */
export interface Copy {
  model: StatementModel;
  viewer: { side: Side; credits: CreditSummary } | null;
  /** RFC 3339, of a statement that was made void. */
  voidedAt?: string;
}

/** Who pays and who is paid; where nothing is due, A pays B nothing. */
export function payerAndPayee(model: StatementModel): { payer: Side; payee: Side } {
  const { payer } = model.statement.net;
  return (payer === null ? 'A' : sideOfCode(model, payer)) === 'A'
    ? { payer: 'A', payee: 'B' }
    : { payer: 'B', payee: 'A' };
}
