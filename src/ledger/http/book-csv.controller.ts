import { Readable } from 'node:stream';
import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentCaller, Scopes, type Caller } from '../../access/index.js';
import { csvOf } from '../rules/book-csv.js';
import { LedgerController } from './ledger.controller.js';
import { AccountsQuery, EntriesQuery } from './ledger.dto.js';

const ROWS_A_PAGE = 1000;
const CSV = { content: { 'text/csv': { schema: { type: 'string' as const } } } };

/** The lists of a book as CSV: with the same filters, all rows of them, read as they are sent. */
@ApiTags('ledger')
@Controller('v1/ledger')
export class BookCsvController {
  constructor(private readonly lists: LedgerController) {}

  @Get('accounts.csv')
  @Scopes('balances:read')
  @ApiOperation({
    operationId: 'downloadLedgerAccountsCsv',
    summary: 'The accounts of the own book as CSV, all of them; `limit` does not count',
  })
  @ApiOkResponse(CSV)
  async accounts(
    @Query() query: AccountsQuery,
    @CurrentCaller() caller: Caller,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.send(reply, 'accounts.csv', (page) => this.lists.accounts({ ...query, ...page }, caller));
  }

  @Get('entries.csv')
  @Scopes('balances:read')
  @ApiOperation({
    operationId: 'downloadLedgerEntriesCsv',
    summary: 'The journal of the own book as CSV, all of it; `limit` does not count',
  })
  @ApiOkResponse(CSV)
  async entries(
    @Query() query: EntriesQuery,
    @CurrentCaller() caller: Caller,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.send(reply, 'entries.csv', (page) => this.lists.entries({ ...query, ...page }, caller));
  }

  /** The first page is read before anything is sent, so that what is refused is still answered as such. */
  private async send(reply: FastifyReply, name: string, read: ReadPage): Promise<void> {
    const first = await read({ limit: ROWS_A_PAGE });
    await reply
      .header('Content-Type', 'text/csv; charset=utf-8; header=present')
      .header('Content-Disposition', `attachment; filename="${name}"`)
      .send(Readable.from(rowsFrom(first, read)));
  }
}

type ReadPage = (page: { limit: number; cursor?: string }) => Promise<{
  data: object[];
  nextCursor: string | null;
}>;

async function* rowsFrom(first: Awaited<ReturnType<ReadPage>>, read: ReadPage): AsyncGenerator<string> {
  yield csvOf(first.data, true);
  for (let cursor = first.nextCursor; cursor !== null;) {
    const { data, nextCursor } = await read({ limit: ROWS_A_PAGE, cursor });
    yield csvOf(data, false);
    cursor = nextCursor;
  }
}
