import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Transaction } from './database.js';

/** What stands before and after the tuples of COPY's binary format (PostgreSQL's documentation of COPY). */
const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const TRAILER = Buffer.from([0xff, 0xff]);

/** PostgreSQL holds each message whole before it reads on: small ones stay in its processor's cache. */
const MESSAGE_BYTES = 64 * 1024;

/** Sends tuples to a `COPY ... FROM STDIN (FORMAT binary)`. */
export async function copyBinary(tx: Transaction, statement: string, tuples: Uint8Array): Promise<void> {
  await send(tx, statement, [SIGNATURE, ...messagesOf(tuples), TRAILER]);
}

/** Sends rows to a `COPY ... FROM STDIN` in its text format. */
export async function copyText(tx: Transaction, statement: string, rows: Uint8Array): Promise<void> {
  await send(tx, statement, messagesOf(rows));
}

async function send(tx: Transaction, statement: string, messages: Uint8Array[]): Promise<void> {
  await pipeline(Readable.from(messages), tx.copyIn(statement));
}

function messagesOf(bytes: Uint8Array): Uint8Array[] {
  const count = Math.ceil(bytes.length / MESSAGE_BYTES);
  return Array.from({ length: count }, (_, n) => bytes.subarray(n * MESSAGE_BYTES, (n + 1) * MESSAGE_BYTES));
}
