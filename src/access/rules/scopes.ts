/** Everything a key can be allowed. `operator` implies all the others. */
export const SCOPES = [
  'operator',
  'keys:write',
  'agreements:read',
  'agreements:write',
  'prices:write',
  'traffic:write',
  'traffic:read',
  'statements:read',
  'statements:accept',
  'disputes:write',
  'balances:read',
  'payments:write',
  'webhooks:write',
  'audit:read',
] as const;

export type Scope = (typeof SCOPES)[number];

/** Whether a key that holds `held` may do what needs `needed`. */
export function allows(held: readonly Scope[], needed: Scope): boolean {
  return held.includes('operator') || held.includes(needed);
}
