import { compactVerify, importJWK, type JWK } from 'jose';

/** What a detached JWS says of itself; null where it is none of Ed25519. */
export function readDetachedJws(jws: string): { kid: string | null } | null {
  const [header, payload, signature, ...more] = jws.split('.');
  if (!header || payload !== '' || !signature || more.length > 0) return null;
  try {
    const { alg, kid } = JSON.parse(Buffer.from(header, 'base64url').toString('utf8')) as Record<
      string,
      unknown
    >;
    if (alg !== 'EdDSA' && alg !== 'Ed25519') return null;
    return { kid: typeof kid === 'string' ? kid : null };
  } catch {
    return null;
  }
}

/** Whether a detached JWS (RFC 7515, appendix F) of Ed25519 is one over these bytes by this key. */
export async function isSignedBy(jws: string, payload: Uint8Array, publicJwk: JWK): Promise<boolean> {
  const [header, , signature] = jws.split('.');
  const whole = `${header}.${Buffer.from(payload).toString('base64url')}.${signature}`;
  try {
    const key = await importJWK({ kty: publicJwk.kty, crv: publicJwk.crv, x: publicJwk.x } as JWK, 'EdDSA');
    await compactVerify(whole, key, { algorithms: ['EdDSA', 'Ed25519'] });
    return true;
  } catch {
    return false;
  }
}
