export type { OpenDispute, StatementDocument, StatementLine } from './rules/statement-document.js';
export type { StatementState, StatementStep } from './rules/statement-state.js';
export { StatementIntegrityService } from './statement-integrity.service.js';
export { StatementLifeService, type StepObserver, type StepRequest } from './statement-life.service.js';
export type { StatementCharges } from './sql/list-charges.js';
export { CompositionService, type OpenDisputesSource } from './composition.service.js';
export { insertConcession, type Concession } from './sql/insert-concession.js';
export { statementCheck } from './statement-check.js';
export type { StatementRow as Statement } from './sql/statement-row.js';
export {
  HistoryService,
  type ClockSpan,
  type DisputesSource,
  type PaymentsSource,
} from './history.service.js';
export type { DisputeEvent, PaymentEvent } from './rules/history-faults.js';
export type { DocumentDifference } from './rules/document-differences.js';
export { CloseService, type Issue, type IssueObserver } from './close.service.js';
export type { CreditView } from './rules/credit-view.js';
export type { IssuedStatement } from './rules/issued-statement.js';
export type { CreditTotals } from './sql/sum-credits.js';
export { settlementProblems } from './settlement.errors.js';
export { WithheldService } from './withheld.service.js';
export { IssuedStatementView } from './http/statements.dto.js';
export { OfStatement } from './http/of-statement.js';
export { StatementsService } from './statements.service.js';
export { SettlementModule } from './settlement.module.js';
