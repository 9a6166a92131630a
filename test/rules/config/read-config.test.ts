import { describe, expect, it } from '@jest/globals';
import { ConfigError, listOf, readConfig } from '../../../src/platform/config/index.js';

const OAUTH = {
  OAUTH_ISSUER: 'https://login.example.com/',
  OAUTH_AUDIENCE: 'peerledger',
  OAUTH_JWKS_URL: 'https://login.example.com/jwks.json',
};

describe('the environment', () => {
  it.each([
    ['one file of TLS', { TLS_CERT_FILE: 'cert.pem' }, /^ {2}TLS_KEY_FILE must be set too/m],
    ['an issuer alone', { OAUTH_ISSUER: OAUTH.OAUTH_ISSUER }, /^ {2}OAUTH_AUDIENCE must be set/m],
    [
      'an address of keys alone',
      { OAUTH_JWKS_URL: OAUTH.OAUTH_JWKS_URL },
      /^ {2}OAUTH_ISSUER and OAUTH_AUDIENCE must be set too/m,
    ],
    [
      'keys over plain HTTP',
      { ...OAUTH, OAUTH_JWKS_URL: 'http://login.example.com/jwks' },
      /OAUTH_JWKS_URL must look/,
    ],
    [
      'a host that only begins like this one',
      { ...OAUTH, OAUTH_JWKS_URL: 'http://localhost.evil/jwks' },
      /JWKS_URL must/,
    ],
    ['a proxy by name', { TRUSTED_PROXIES: 'proxy.internal' }, /TRUSTED_PROXIES must list addresses/],
    ['a network that is too long', { TRUSTED_PROXIES: '10.0.0.0/33' }, /TRUSTED_PROXIES must/],
    ['a network with two lengths', { TRUSTED_PROXIES: '10.0.0.0/8/8' }, /TRUSTED_PROXIES must/],
    ['every origin', { CORS_ORIGINS: '*' }, /CORS_ORIGINS must list origins/],
    ['an origin with a path', { CORS_ORIGINS: 'https://console.example.com/' }, /CORS_ORIGINS must/],
    ['a limit of nothing', { RATE_LIMIT_PER_KEY: '0' }, /RATE_LIMIT_PER_KEY must be a whole number/],
    ['a clock that is far off', { OAUTH_CLOCK_SKEW_S: '301' }, /OAUTH_CLOCK_SKEW_S must/],
    [
      'a secret for keys that is too short',
      { CUSTOMER_KEY_SECRET: 'ab'.repeat(31) },
      /KEY_SECRET must be 64/,
    ],
    [
      'no secret behind the comma',
      { CUSTOMER_KEY_SECRET: `${'ab'.repeat(32)},` },
      /CUSTOMER_KEY_SECRET must be 64 hexadecimal digits, .* or several such/,
    ],
    ['a cookie for perhaps', { SESSION_COOKIE_SECURE: 'maybe' }, /SESSION_COOKIE_SECURE must be yes or no/],
  ])('with %s is refused', (_, environment, message) => {
    expect(() => readConfig(environment)).toThrow(ConfigError);
    expect(() => readConfig(environment)).toThrow(message);
  });

  it('may have one secret for keys, or several', () => {
    const [one, two] = ['ab'.repeat(32), 'cd'.repeat(32)];
    expect(listOf(readConfig({ CUSTOMER_KEY_SECRET: one }).CUSTOMER_KEY_SECRET)).toEqual([one]);
    const both = readConfig({ CUSTOMER_KEY_SECRET: `${one}, ${two}` });
    expect(listOf(both.CUSTOMER_KEY_SECRET)).toEqual([one, two]);
  });

  it('may name an issuer, proxies and origins', () => {
    const config = readConfig({
      ...OAUTH,
      TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8,::1 , 2001:db8::/32',
      CORS_ORIGINS: 'https://console.example.com,http://localhost:5173',
    });
    expect(listOf(config.TRUSTED_PROXIES)).toEqual(['127.0.0.1', '10.0.0.0/8', '::1', '2001:db8::/32']);
    expect(listOf(config.CORS_ORIGINS)).toEqual(['https://console.example.com', 'http://localhost:5173']);
    expect(listOf(undefined)).toEqual([]);
    expect(readConfig({ ...OAUTH, OAUTH_JWKS_URL: 'http://127.0.0.1:4000/jwks' }).OAUTH_ISSUER).toBeDefined();
  });
});
