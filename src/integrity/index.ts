export { IntegrityModule } from './integrity.module.js';
export { entryProofCheck, ledgerHeadCheck, recordProofCheck } from './file-checks.js';
export { IntegrityService, type IntegrityScope } from './integrity.service.js';
export type { IntegrityReport } from './rules/report.js';
export type { SignedSeal } from './rules/proofs.js';
