import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentCaller, Scopes, type Caller } from '../../access/index.js';
import { csvAnswer } from '../../platform/csv/index.js';
import { BookLists } from './book-lists.js';
import { AccountsQuery, EntriesQuery } from './ledger.dto.js';

const CSV = { content: { 'text/csv': { schema: { type: 'string' as const } } } };

/** The lists of a book as CSV: with the same filters, all rows of them, read as they are sent. */
@ApiTags('ledger')
@Controller('v1/ledger')
export class BookCsvController {
  constructor(private readonly lists: BookLists) {}

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
    await csvAnswer(reply, 'accounts.csv', (page) => this.lists.accounts({ ...query, ...page }, caller));
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
    await csvAnswer(reply, 'entries.csv', (page) => this.lists.entries({ ...query, ...page }, caller));
  }
}
