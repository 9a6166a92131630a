export { accessProblems } from './access.errors.js';
export { AccessModule } from './access.module.js';
export { AccessService, type ApiKeyRequest, type CreatedApiKey } from './access.service.js';
export { callerKey, CurrentCaller } from './caller.js';
export type { Caller, OperatorCaller, ProviderCaller } from './caller.js';
export { Public, Scopes } from './decorators.js';
export { isApiKey, newApiKey } from './rules/api-key.js';
export { allows, SCOPES, type Scope } from './rules/scopes.js';
export type { ApiKeyRow } from './sql/list-api-keys.js';
