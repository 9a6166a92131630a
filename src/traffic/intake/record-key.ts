import { hash } from 'node:crypto';

/** How many bytes a record's key has in the table: a `uuid` column holds them. */
export const KEY_BYTES = 16;

/**
 * Makes the key under which a record id is found, given the 16 bytes of the reporter's id before the id's: 16
 * characters of a byte each; more are left out.
 */
export type KeyHash = (reporterAndId: Uint8Array) => string;

/** The first half of SHA-256: fast, and nobody can make two ids collide. */
export const sha256Key: KeyHash = (reporterAndId) => hash('sha256', reporterAndId, 'binary');
