import canonicalize from 'canonicalize';
import { calculateJwkThumbprint, compactVerify, importJWK, type JWK } from 'jose';
import type { Finding } from './file-check.js';

/**
 * Whether a detached JWS (RFC 7515, appendix F; EdDSA) is over the RFC 8785 JSON of a document. It counts if
 * one of the trusted keys made it; without any, the key that stands beside it has to do, and the finding says
 * which that is, for the reader to compare.
 */
export async function checkDetachedSignature(
  document: object,
  { signature, key }: { signature: unknown; key: unknown },
  trusted: readonly JWK[],
): Promise<Finding> {
  const failed = (detail: string): Finding => ({ check: 'signature', ok: false, detail });
  const [header, empty, bytes] = typeof signature === 'string' ? signature.split('.') : [];
  if (!header || empty !== '' || !bytes) return failed('There is no detached JWS in the file.');
  const payload = Buffer.from(canonicalize(document)!).toString('base64url');
  const keys = trusted.length > 0 ? trusted : [key as JWK];
  for (const jwk of keys) {
    try {
      await compactVerify(`${header}.${payload}.${bytes}`, await importJWK(jwk, 'EdDSA'), {
        algorithms: ['EdDSA'],
      });
      const kid = await calculateJwkThumbprint(jwk);
      const whose =
        trusted.length > 0 ? 'a key that you trust' : 'the key in the file; compare it, or give --keys';
      return { check: 'signature', ok: true, detail: `It was signed by ${kid}, ${whose}.` };
    } catch {
      // Another key may have made it.
    }
  }
  return failed(
    trusted.length > 0
      ? 'None of the keys that you trust made the signature.'
      : 'The signature is not one of the key in the file over this content.',
  );
}
