import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** What a sealed key is made of: nonce, tag, and as many bytes as the key. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** A new key for pseudonyms. */
export function newCustomerKey(): Buffer {
  return randomBytes(KEY_BYTES);
}

/** Seals a key with the service's secret (AES-256-GCM); `owner` says whose it is, and opens it again. */
export function sealKey(secret: string, owner: string, key: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(secret, 'hex'), nonce);
  cipher.setAAD(Buffer.from(owner));
  const sealed = Buffer.concat([cipher.update(key), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

/** Opens a sealed key. Throws where the secret is another one, or the key another's. */
export function openKey(secret: string, owner: string, sealed: Buffer): Buffer {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', Buffer.from(secret, 'hex'), nonce);
  decipher.setAAD(Buffer.from(owner));
  decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
}
