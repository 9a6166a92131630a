import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { keepTenant } from '../database/index.js';
import { csvOf } from './csv-rows.js';

/** CSV with a header row (RFC 4180). */
export const CSV_MEDIA_TYPE = 'text/csv; charset=utf-8; header=present';

const ROWS_A_PAGE = 1000;

/** Reads a page of a list. */
export type ReadPage = (page: { limit: number; cursor?: string }) => Promise<{
  data: object[];
  nextCursor: string | null;
}>;

/**
 * Answers with all rows of a list as CSV, read as they are sent. The first page is read before anything is sent, so
 * that what is refused is still answered as such.
 */
export async function csvAnswer(
  reply: FastifyReply,
  { name, columns }: { name: string; columns: readonly string[] },
  read: ReadPage,
): Promise<void> {
  const first = await read({ limit: ROWS_A_PAGE });
  await sendCsv(reply, name, Readable.from(keepTenant(rowsFrom(first, columns, read))));
}

/** Answers with CSV that has a header row, as a file of this name. */
export async function sendCsv(reply: FastifyReply, name: string, content: string | Readable): Promise<void> {
  await reply
    .header('Content-Type', CSV_MEDIA_TYPE)
    .header('Content-Disposition', `attachment; filename="${name}"`)
    .send(content);
}

async function* rowsFrom(
  first: Awaited<ReturnType<ReadPage>>,
  columns: readonly string[],
  read: ReadPage,
): AsyncGenerator<string> {
  yield csvOf(first.data, columns, true);
  for (let cursor = first.nextCursor; cursor !== null;) {
    const { data, nextCursor } = await read({ limit: ROWS_A_PAGE, cursor });
    yield csvOf(data, columns, false);
    cursor = nextCursor;
  }
}
