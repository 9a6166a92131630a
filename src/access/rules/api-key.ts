import { createHash, randomInt } from 'node:crypto';

const PREFIX = 'plk_live_';
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANDOM_LENGTH = 40;
const CHECKSUM_LENGTH = 6;
const SHAPE = /^(plk_live_[0-9A-Za-z]{32,64})_([0-9A-Za-z]{6})$/;

/** A new secret key; its 40 random characters carry 238 bits. */
export function newApiKey(): string {
  const random = Array.from({ length: RANDOM_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
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
    checksum += ALPHABET[Number(rest % 62n)];
    rest /= 62n;
  }
  return checksum;
}
