import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Scopes, type Caller } from '../../access/index.js';
import { isIdValue, mapPage, page, PageQuery, Problems, readCursor } from '../../platform/http/index.js';
import { ProvidersService } from '../providers.service.js';
import {
  listPriceFrom,
  ListPricePage,
  ListPricesInput,
  ListPricesView,
  showListPrice,
} from './list-prices.dto.js';
import { OfProvider } from './of-provider.js';

@ApiTags('providers')
@OfProvider()
@Controller('v1/providers/:provider/list-prices')
export class ListPricesController {
  constructor(private readonly providers: ProvidersService) {}

  @Post()
  @Scopes('prices:write')
  @Problems('list_price_conflict', 'price_in_closed_period')
  @ApiOperation({
    operationId: 'addListPrices',
    summary: 'Add list prices',
    description:
      'None is ever changed. Sending the same again changes nothing, so no Idempotency-Key is needed.',
  })
  @ApiCreatedResponse({ type: ListPricesView })
  async add(
    @Param('provider') code: string,
    @CurrentCaller() caller: Caller,
    @Body() input: ListPricesInput,
  ): Promise<ListPricesView> {
    const provider = await this.providers.requireOwn(code, caller);
    const prices = input.prices.map(listPriceFrom);
    await this.providers.addPrices(provider, prices);
    return { prices: prices.map(showListPrice) };
  }

  @Get()
  @Scopes('prices:write')
  @ApiOperation({ operationId: 'listListPrices', summary: 'List prices, in the order they were added' })
  @ApiOkResponse({ type: ListPricePage })
  async list(
    @Param('provider') code: string,
    @CurrentCaller() caller: Caller,
    @Query() { cursor, limit }: PageQuery,
  ): Promise<ListPricePage> {
    const provider = await this.providers.requireOwn(code, caller);
    const [afterId] = readCursor<[string]>(cursor, [isIdValue]) ?? [null];
    const rows = await this.providers.listPricesPage(provider.id, { afterId, limit: limit + 1 });
    return mapPage(
      page(rows, limit, ({ id }) => [id]),
      showListPrice,
    );
  }
}
