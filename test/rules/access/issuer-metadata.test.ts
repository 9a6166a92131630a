import { metadataUrls } from '../../../src/access/rules/issuer-metadata.js';

describe('an issuer’s metadata', () => {
  it.each([
    [
      'https://login.example.com',
      'https://login.example.com/.well-known/openid-configuration',
      'https://login.example.com/.well-known/oauth-authorization-server',
    ],
    [
      'https://login.example.com/',
      'https://login.example.com/.well-known/openid-configuration',
      'https://login.example.com/.well-known/oauth-authorization-server',
    ],
    [
      'https://login.example.com:8443/realms/one/',
      'https://login.example.com:8443/realms/one/.well-known/openid-configuration',
      'https://login.example.com:8443/.well-known/oauth-authorization-server/realms/one',
    ],
  ])('of %s are at %s or %s', (issuer, openid, oauth) => {
    expect(metadataUrls(issuer)).toEqual([openid, oauth]);
  });
});
