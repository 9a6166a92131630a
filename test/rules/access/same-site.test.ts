import { describe, expect, it } from '@jest/globals';
import { isFromOwnPage } from '../../../src/access/rules/same-site.js';
import { csrfTokenOf, isCsrfToken } from '../../../src/access/rules/session-secret.js';

describe('a page of the own origin', () => {
  const host = 'ledger.example.com:8443';
  it.each([
    ['the browser says so', { secFetchSite: 'same-origin' }, true],
    ['whatever Origin says, then', { secFetchSite: 'same-origin', origin: 'null' }, true],
    ['another site', { secFetchSite: 'cross-site', origin: `https://${host}` }, false],
    ['a subdomain', { secFetchSite: 'same-site', origin: 'https://evil.example.com' }, false],
    ['typed by the user', { secFetchSite: 'none' }, false],
    ['an old browser, own origin', { origin: `https://${host}` }, true],
    ['an old browser, own origin in capitals', { origin: `https://${host.toUpperCase()}` }, true],
    ['an old browser, another origin', { origin: 'https://ledger.example.com.evil.net:8443' }, false],
    ['an old browser, another port', { origin: 'https://ledger.example.com' }, false],
    ['an old browser, no origin to tell', { origin: 'null' }, false],
    ['nothing at all', {}, false],
  ])('%s', (_, { secFetchSite, origin }: { secFetchSite?: string; origin?: string }, expected) => {
    expect(isFromOwnPage({ secFetchSite, origin, host })).toBe(expected);
  });
});

describe('the csrf token', () => {
  it('is the session’s own', () => {
    const token = csrfTokenOf('secret');
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(isCsrfToken(token, 'secret')).toBe(true);
    for (const wrong of [
      csrfTokenOf('another'),
      `${token}x`,
      token.slice(1),
      '',
      undefined,
      'é'.repeat(43),
    ]) {
      expect(isCsrfToken(wrong, 'secret')).toBe(false);
    }
  });
});
