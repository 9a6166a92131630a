import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentCaller, Scopes, type Caller } from '../../access/index.js';
import { csvAnswer } from '../../platform/csv/index.js';
import { BookLists } from './book-lists.js';
import { AccountsQuery, EntriesQuery } from './ledger.dto.js';
import { ApiCsv, Problems } from '../../platform/http/index.js';

/** The lists of a book as CSV: with the same filters, all rows of them, read as they are sent. */
@ApiTags('ledger')
@Problems('provider_not_found')
@Controller('v1/ledger')
export class BookCsvController {
  constructor(private readonly lists: BookLists) {}

  @Get('accounts.csv')
  @Scopes('balances:read')
  @ApiOperation({
    operationId: 'downloadLedgerAccountsCsv',
    summary: 'The accounts of the own book as CSV, all of them; `limit` does not count',
  })
  @ApiCsv(
    'id,provider,counterparty,agreement,kind,currency,balance,entries,createdAt',
    '019a7d3c-5e80-7000-8000-000000000001,alpha,beta,alpha-beta,payable,USD,-100.00,1,2026-11-06T00:00:00Z',
  )
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
  @ApiCsv(
    'id,provider,counterparty,agreement,sequence,position,amount,currency,effectiveAt,recordedAt',
    '019a7d3c-5e80-7000-8000-000000000001,alpha,beta,alpha-beta,1,1,100.00,USD,2026-11-01T00:00:00Z,2026-11-06T00:00:00Z',
  )
  async entries(
    @Query() query: EntriesQuery,
    @CurrentCaller() caller: Caller,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await csvAnswer(reply, 'entries.csv', (page) => this.lists.entries({ ...query, ...page }, caller));
  }
}
