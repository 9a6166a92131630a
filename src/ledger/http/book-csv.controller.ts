import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentCaller, Scopes, type Caller } from '../../access/index.js';
import { csvAnswer } from '../../platform/csv/index.js';
import { BookLists } from './book-lists.js';
import { ACCOUNT_COLUMNS, AccountsQuery, EntriesQuery, ENTRY_COLUMNS } from './ledger.dto.js';
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
    ACCOUNT_COLUMNS.join(),
    '019a7d3c-5e80-7000-8000-000000000001,alpha,beta,alpha-beta,payable,USD,-100.00,1,2026-11-06T00:00:00Z',
  )
  async accounts(
    @Query() query: AccountsQuery,
    @CurrentCaller() caller: Caller,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await csvAnswer(reply, { name: 'accounts.csv', columns: ACCOUNT_COLUMNS }, (page) =>
      this.lists.accounts({ ...query, ...page }, caller),
    );
  }

  @Get('entries.csv')
  @Scopes('balances:read')
  @ApiOperation({
    operationId: 'downloadLedgerEntriesCsv',
    summary: 'The journal of the own book as CSV, all of it; `limit` does not count',
  })
  @ApiCsv(
    ENTRY_COLUMNS.join(),
    '019a7d3c-5e80-7000-8000-000000000001,alpha,beta,alpha-beta,1,1,' +
      'payment,019a7d3c-5e80-7000-8000-000000000002,payment,/v1/payments/019a7d3c-5e80-7000-8000-000000000002,' +
      '019a7d3c-5e80-7000-8000-000000000003,payable,0.00,019a7d3c-5e80-7000-8000-000000000004,cash_clearing,-100.00,' +
      '100.00,USD,2026-11-01T00:00:00Z,2026-11-06T00:00:00Z,019a7d3c-5e80-7000-8000-000000000005',
  )
  async entries(
    @Query() query: EntriesQuery,
    @CurrentCaller() caller: Caller,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await csvAnswer(reply, { name: 'entries.csv', columns: ENTRY_COLUMNS }, (page) =>
      this.lists.entries({ ...query, ...page }, caller),
    );
  }
}
