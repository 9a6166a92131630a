import { SCOPES, type Scope } from './scopes.js';

/** What a token grants: the platform's powers, or those of one provider, named by its code. */
export type Grant =
  { kind: 'operator'; scopes: Scope[] } | { kind: 'provider'; providerCode: string; scopes: Scope[] };

const CODE = /^[a-z0-9-]{1,63}$/;

/**
 * What the claims of a verified token grant, or a sentence that says why they grant nothing. Scopes of other
 * services are passed over. Only the scope `operator` makes an operator, and never of a token that names a
 * provider, so that a claim which an issuer adds by mistake takes powers away and gives none.
 */
export function grantOf(claims: Readonly<Record<string, unknown>>, providerClaim: string): Grant | string {
  const { scope } = claims;
  if (typeof scope !== 'string') return 'The token has no claim scope with a text of scopes.';
  const named = new Set(scope.split(' '));
  const scopes = SCOPES.filter((known) => named.has(known));
  if (scopes.length === 0) return 'The token has none of this service’s scopes.';
  const provider = claims[providerClaim];
  const isOperator = scopes.includes('operator');
  if (provider === undefined) {
    if (isOperator) return { kind: 'operator', scopes };
    return `The token has no claim ${providerClaim} with its provider's code.`;
  }
  if (typeof provider !== 'string' || !CODE.test(provider))
    return `The claim ${providerClaim} is no provider's code.`;
  if (isOperator) return `A token with the claim ${providerClaim} cannot have the scope operator.`;
  return { kind: 'provider', providerCode: provider, scopes };
}
