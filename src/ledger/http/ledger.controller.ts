import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Scopes, type Caller } from '../../access/index.js';
import { Problems } from '../../platform/http/index.js';
import { BookLists } from './book-lists.js';
import { AccountPage, AccountsQuery, EntriesQuery, EntryPage } from './ledger.dto.js';

@ApiTags('ledger')
@Problems('provider_not_found')
@Controller('v1/ledger')
export class LedgerController {
  constructor(private readonly lists: BookLists) {}

  @Get('accounts')
  @Scopes('balances:read')
  @ApiOperation({ operationId: 'listLedgerAccounts', summary: 'The accounts of the own book, oldest first' })
  @ApiOkResponse({ type: AccountPage })
  async accounts(@Query() query: AccountsQuery, @CurrentCaller() caller: Caller): Promise<AccountPage> {
    return this.lists.accounts(query, caller);
  }

  @Get('entries')
  @Scopes('balances:read')
  @ApiOperation({
    operationId: 'listLedgerEntries',
    summary: 'The journal of the own book, in the order of effective time',
  })
  @ApiOkResponse({ type: EntryPage })
  async entries(@Query() query: EntriesQuery, @CurrentCaller() caller: Caller): Promise<EntryPage> {
    return this.lists.entries(query, caller);
  }
}
