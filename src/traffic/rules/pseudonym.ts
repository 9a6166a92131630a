import { createHmac } from 'node:crypto';

/** One version of a provider's key. */
export interface CustomerKey {
  version: number;
  /** 32 bytes. */
  key: Uint8Array;
}

/** How many bytes of the HMAC make a pseudonym: too many for two references to meet by chance. */
const PSEUDONYM_BYTES = 16;

/**
 * What stands for a customer's reference: HMAC-SHA-256 (RFC 2104) of its UTF-8 bytes under the provider's key, the
 * first half of it, behind the version of the key. Without the key nobody can tell one from another, nor guess.
 */
export function pseudonymOf({ version, key }: CustomerKey, reference: string): string {
  const mac = createHmac('sha256', key).update(reference, 'utf8').digest();
  return `cust${version}_${mac.subarray(0, PSEUDONYM_BYTES).toString('base64url')}`;
}
