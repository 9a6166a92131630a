import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Scopes, type Caller } from '../../access/index.js';
import { Etagged, isTextValue, page, Problems, readCursor } from '../../platform/http/index.js';
import { LedgerService } from '../ledger.service.js';
import { BalancePage, BalancesQuery, showBalance, showTotal, type BalanceView } from './balances.dto.js';
import { instantOf } from './book.dto.js';
import { Books } from './books.js';

@ApiTags('ledger')
@Controller('v1/balances')
export class BalancesController {
  constructor(
    private readonly ledger: LedgerService,
    private readonly books: Books,
  ) {}

  @Get()
  @Scopes('balances:read')
  @Etagged({ except: ['asOf'] })
  @Problems('provider_not_found')
  @ApiOperation({
    operationId: 'listBalances',
    summary: 'Balances by counterparty and currency, now or as of any instant',
  })
  @ApiOkResponse({ type: BalancePage })
  async list(@Query() query: BalancesQuery, @CurrentCaller() caller: Caller): Promise<BalancePage> {
    const after = readCursor<[string, string]>(query.cursor, [isTextValue, isTextValue]);
    const owner = await this.books.ownerFor(caller, query.provider);
    const ids = await this.books.idsOf(query);
    if (!ids) return { data: [], totals: [], nextCursor: null };
    const recordedAsOf = instantOf(query.recordedAsOf);
    const { asOf, balances, totals } = await this.ledger.balanceReport({
      bookId: owner.id,
      counterpartyId: ids.counterpartyId,
      agreementId: ids.agreementId,
      currency: query.currency,
      asOf: instantOf(query.asOf),
      recordedAsOf,
    });
    const codes = await this.books.codesOf(balances.flatMap(({ agreements }) => agreements));
    const views = balances.map((balance) => {
      const counterparty = codes.providers.get(balance.counterpartyId) ?? balance.counterpartyId;
      const of = { provider: owner.code, counterparty, asOf, recordedAsOf };
      return showBalance(balance, of, codes.agreements);
    });
    const rest = views.sort(byName).filter((view) => !after || nameOf(view) > nameOf(after));
    const shown = page(rest, query.limit, ({ counterparty, currency }) => [counterparty, currency]);
    return { ...shown, totals: totals.map(showTotal) };
  }
}

/** A space sorts before every character of a code, so the names sort as the pairs do. */
function nameOf(of: BalanceView | readonly [string, string]): string {
  return 'currency' in of ? `${of.counterparty} ${of.currency}` : of.join(' ');
}

function byName(a: BalanceView, b: BalanceView): number {
  return nameOf(a) < nameOf(b) ? -1 : 1;
}
