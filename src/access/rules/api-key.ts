import { createHash } from 'node:crypto';

const PREFIX = 'plk_live_';
/** What the random part of a key is drawn from. */
export const KEY_ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const CHECKSUM_LENGTH = 6;
const SHAPE = /^(plk_live_[0-9A-Za-z]{32,64})_([0-9A-Za-z]{6})$/;

/** The key with this random part. */
export function apiKeyOf(random: string): string {
  return `${PREFIX}${random}_${checksumOf(PREFIX + random)}`;
}

/** Whether the text can be a key at all; a typing mistake is seen here, without asking the database. */
export function isApiKey(text: string): boolean {
  const [, body, checksum] = SHAPE.exec(text) ?? [];
  return body !== undefined && checksumOf(body) === checksum;
}

/** What is stored of a key. It needs no salt and no slow hash: nobody can guess 238 random bits. */
export function apiKeySha256(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

function checksumOf(body: string): string {
  let rest = createHash('sha256').update(body).digest().readBigUInt64BE();
  let checksum = '';
  for (let length = 0; length < CHECKSUM_LENGTH; length++) {
    checksum += KEY_ALPHABET[Number(rest % 62n)];
    rest /= 62n;
  }
  return checksum;
}
