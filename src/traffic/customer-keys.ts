import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** What a sealed key is made of: nonce, tag, and as many bytes as the key. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** Whom a sealed key belongs to: a version of one provider's key opens as nothing else. */
export function ownerOf(providerId: string, version: number): string {
  return `${providerId}/${version}`;
}

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

/** A key that was opened, and whether it is sealed with the first of the secrets, as new ones are. */
export interface OpenedKey {
  key: Uint8Array;
  isSealedWithFirst: boolean;
}

/** Opens a sealed key with whichever of the secrets it was sealed with; null where it is none of them, or not the owner's. */
export function openKey(secrets: readonly string[], owner: string, sealed: Buffer): OpenedKey | null {
  for (const [index, secret] of secrets.entries()) {
    const key = openWith(secret, owner, sealed);
    if (key) return { key, isSealedWithFirst: index === 0 };
  }
  return null;
}

/** AES-GCM says itself whether the secret and the owner are right. */
function openWith(secret: string, owner: string, sealed: Buffer): Uint8Array | null {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', Buffer.from(secret, 'hex'), nonce);
  decipher.setAAD(Buffer.from(owner));
  decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  const opened = decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES));
  try {
    return Uint8Array.from(Buffer.concat([opened, decipher.final()]));
  } catch {
    return null;
  }
}
