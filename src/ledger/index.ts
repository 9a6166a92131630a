export { LedgerModule } from './ledger.module.js';
export {
  LedgerService,
  type AgreementCodes,
  type BalanceReport,
  type UnbilledSource,
} from './ledger.service.js';
export { ledgerProblems } from './ledger.errors.js';
export { mirrorOf, type AccountKind } from './rules/accounts.js';
export type { BookPostings, PostingDocument, Transfer } from './rules/document.js';
export type { LedgerBalance, Position, Unbilled } from './rules/balances.js';
export { mirroredBooks, type MirroredTransfer } from './rules/mirrored-books.js';
export { issuePostings, type ChargedLine } from './rules/statement-postings.js';
export { DISPUTE_STEP, disputePostings, type DisputedAmount } from './rules/dispute-postings.js';
export { paymentPostings, type ConfirmedPayment, type OpenPosition } from './rules/payment-postings.js';
export { creditPostings, type GivenCredit } from './rules/credit-postings.js';
export { entryLeaves, leafText, type EntryLeaf } from './rules/entry-leaf.js';
export type { AccountFilter, LedgerAccount } from './sql/list-accounts.js';
export type { EntryFilter, EntryRecord } from './sql/list-entries.js';
export type { PostedChange, PostedSource } from './sql/read-posted.js';
export type { BookPosition } from './sql/sum-positions.js';
export type { EntryPlace } from './sql/find-entry-place.js';
export type { ChainRange, Link } from './sql/read-links.js';
export type { AsOf } from './sql/read-balances-as-of.js';
export type { BalancesOf } from './sql/read-balances.js';
export type { ChainProblem } from './rules/verify-chain.js';
export type { Verification } from './verify-ledger.js';
