import { randomInt } from 'node:crypto';
import { apiKeyOf, KEY_ALPHABET } from './rules/api-key.js';

const RANDOM_LENGTH = 40;

/** A new secret key; its 40 random characters carry 238 bits. */
export function newApiKey(): string {
  const pick = (): string | undefined => KEY_ALPHABET[randomInt(KEY_ALPHABET.length)];
  return apiKeyOf(Array.from({ length: RANDOM_LENGTH }, pick).join(''));
}
