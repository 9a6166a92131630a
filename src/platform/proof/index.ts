export type { Evidence, FileCheck, Finding } from './file-check.js';
export { UsageError, verifyFile, type VerifyOptions } from './verify-file.js';
export { checkDetachedSignature } from './detached-signature.js';
