import { describe, expect, it } from '@jest/globals';
import { credentialIn } from '../../../src/access/rules/credentials.js';

const NAME = '__Host-peerledger';

describe('the credential of a request', () => {
  it.each([
    ['a key', { authorization: 'Bearer plk_live_x' }, { kind: 'key', secret: 'plk_live_x' }],
    [
      'the scheme in any case',
      { authorization: 'bEaReR  plk_live_x ' },
      { kind: 'key', secret: 'plk_live_x' },
    ],
    ['anything else as a token', { authorization: 'Bearer a.b.c' }, { kind: 'token', secret: 'a.b.c' }],
    ['a cookie', { cookie: `a=1; ${NAME}=secret; b=2` }, { kind: 'session', secret: 'secret' }],
    ['the first of two cookies', { cookie: `${NAME}=one; ${NAME}=two` }, { kind: 'session', secret: 'one' }],
    ['no other cookie', { cookie: `x${NAME}=one; peerledger=two` }, null],
    ['nothing', {}, null],
    [
      'the header before the cookie',
      { authorization: 'Bearer plk_1', cookie: `${NAME}=s` },
      { kind: 'key', secret: 'plk_1' },
    ],
    ['a broken header before a good cookie', { authorization: 'Basic eDp5', cookie: `${NAME}=s` }, undefined],
    ['a scheme without anything', { authorization: 'Bearer' }, undefined],
  ])('is read from %s', (_, headers, expected) => {
    expect(credentialIn(headers, NAME)).toEqual(expected);
  });
});
