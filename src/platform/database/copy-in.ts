import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { from } from 'pg-copy-streams';
import type { Transaction } from './database.js';

/** What stands before and after the tuples of COPY's binary format (PostgreSQL's documentation of COPY). */
const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const TRAILER = Buffer.from([0xff, 0xff]);

/** Sends tuples to a `COPY ... FROM STDIN (FORMAT binary)`. */
export async function copyBinary(tx: Transaction, statement: string, tuples: Uint8Array): Promise<void> {
  await pipeline(Readable.from([SIGNATURE, tuples, TRAILER]), tx.client.query(from(statement)));
}

/** Sends rows to a `COPY ... FROM STDIN` in its text format. */
export async function copyText(tx: Transaction, statement: string, rows: Uint8Array): Promise<void> {
  await pipeline(Readable.from([rows]), tx.client.query(from(statement)));
}
