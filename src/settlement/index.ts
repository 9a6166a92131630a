export type { StatementState, StatementStep } from './rules/statement-state.js';
export { StatementLifeService, type StepObserver, type StepRequest } from './statement-life.service.js';
export type { StatementCharges } from './sql/list-charges.js';
export { statementCheck } from './statement-check.js';
export type { StatementRow as Statement } from './sql/statement-row.js';
export { SettlementModule } from './settlement.module.js';
