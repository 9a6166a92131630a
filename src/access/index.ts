export { callerKey, CurrentCaller } from './caller.js';
export type { Caller, OperatorCaller, ProviderCaller } from './caller.js';
export { Public, Scopes } from './decorators.js';
export { allows, SCOPES, type Scope } from './rules/scopes.js';
