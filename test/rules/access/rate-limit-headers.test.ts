import { expect, it } from '@jest/globals';
import { policyHeader, rateLimitHeader } from '../../../src/access/rules/rate-limit-headers.js';

it('are lists of strings with parameters', () => {
  const policies = [
    { name: 'key', limit: 100, window_s: 60 },
    { name: 'provider', limit: 200, window_s: 60 },
  ];
  expect(policyHeader(policies)).toBe('"key";q=100;w=60, "provider";q=200;w=60');
  const left = [
    { name: 'key', remaining: 0, resets_s: 12 },
    { name: 'provider', remaining: 100, resets_s: 60 },
  ];
  expect(rateLimitHeader(left)).toBe('"key";r=0;t=12, "provider";r=100;t=60');
});
