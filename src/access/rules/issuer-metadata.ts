/**
 * Where an issuer may publish its metadata, in the order to ask: behind its path (OpenID Connect Discovery 1.0,
 * section 4.1), or between its host and its path (RFC 8414, 3.1).
 */
export function metadataUrls(issuer: string): [string, string] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  return [
    `${origin}${path}/.well-known/openid-configuration`,
    `${origin}/.well-known/oauth-authorization-server${path}`,
  ];
}
