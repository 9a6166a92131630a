import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SCOPES } from '../../../src/access/rules/scopes.js';
import { grantOf } from '../../../src/access/rules/token-claims.js';

describe('what a token grants', () => {
  it('is its known scopes, for the provider that its claim names', () => {
    const claims = { scope: 'openid traffic:read profile traffic:write', provider: 'acme' };
    expect(grantOf(claims, 'provider')).toEqual({
      kind: 'provider',
      providerCode: 'acme',
      scopes: ['traffic:write', 'traffic:read'],
    });
    const renamed = { scope: 'traffic:read', 'https://example.com/org': 'acme' };
    expect(grantOf(renamed, 'https://example.com/org')).toMatchObject({ providerCode: 'acme' });
  });

  it('is the operator’s powers for the scope operator alone', () => {
    expect(grantOf({ scope: 'operator' }, 'provider')).toEqual({ kind: 'operator', scopes: ['operator'] });
  });

  it.each([
    ['no scope', { provider: 'acme' }],
    ['scopes as a list', { scope: ['traffic:read'], provider: 'acme' }],
    ['no known scope', { scope: 'openid', provider: 'acme' }],
    ['a scope that only begins like one', { scope: 'operators traffic:read2', provider: 'acme' }],
    ['neither provider nor operator', { scope: 'traffic:read' }],
    ['a provider that is no text', { scope: 'traffic:read', provider: { code: 'acme' } }],
    ['a provider that is null, with operator', { scope: 'operator', provider: null }],
    ['a provider and operator', { scope: 'operator traffic:read', provider: 'acme' }],
  ])('is nothing with %s', (_, claims) => {
    expect(grantOf(claims, 'provider')).toEqual(expect.any(String));
  });

  it('is never an operator’s without exactly that word in scope', () => {
    const words = fc.array(fc.oneof(fc.constantFrom(...SCOPES, 'OPERATOR', 'operator,', ''), fc.string()));
    const provider = fc.option(fc.oneof(fc.string(), fc.integer()), { nil: undefined });
    fc.assert(
      fc.property(words, provider, (scopes, code) => {
        const grant = grantOf({ scope: scopes.join(' '), provider: code }, 'provider');
        if (typeof grant === 'string' || grant.kind !== 'operator') return;
        expect(scopes.join(' ').split(' ')).toContain('operator');
        expect(code).toBeUndefined();
      }),
    );
  });
});
