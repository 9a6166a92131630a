import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Scopes, type Caller } from '../../access/index.js';
import {
  Etagged,
  isIdValue,
  isOrdinalValue,
  mapPage,
  page,
  PageQuery,
  Problems,
  readCursor,
} from '../../platform/http/index.js';
import { creditView } from '../rules/credit-view.js';
import { StatementsService } from '../statements.service.js';
import {
  CreditPage,
  showHistory,
  showStatement,
  showTotals,
  StatementHistoryView,
  StatementPage,
  StatementQuery,
  StatementView,
} from './statements.dto.js';
import { OfStatement } from './of-statement.js';

@ApiTags('statements')
@Controller('v1/statements')
export class StatementsController {
  constructor(private readonly statements: StatementsService) {}

  @Get()
  @Scopes('statements:read')
  @ApiOperation({ operationId: 'listStatements', summary: 'The caller’s statements, latest first' })
  @ApiOkResponse({ type: StatementPage })
  async list(@CurrentCaller() caller: Caller, @Query() query: StatementQuery): Promise<StatementPage> {
    const [before] = readCursor<[string]>(query.cursor, [isIdValue]) ?? [null];
    const filter = {
      agreement: query.agreement ?? null,
      period: query.period ?? null,
      state: query.state ?? null,
    };
    const rows = await this.statements.list(caller, filter, before, query.limit + 1);
    return mapPage(
      page(rows, query.limit, ({ id }) => [id]),
      showStatement,
    );
  }

  @Get(':statement')
  @Scopes('statements:read')
  @Etagged()
  @OfStatement()
  @ApiOperation({ operationId: 'getStatement', summary: 'One statement as it stands' })
  @ApiOkResponse({ type: StatementView })
  async get(@CurrentCaller() caller: Caller, @Param('statement') id: string): Promise<StatementView> {
    return showStatement(await this.statements.standing(caller, id));
  }

  @Get(':statement/history')
  @Scopes('statements:read')
  @OfStatement()
  @ApiOperation({
    operationId: 'getStatementHistory',
    summary: 'What happened to a statement since its issue',
  })
  @ApiOkResponse({ type: StatementHistoryView })
  async history(
    @CurrentCaller() caller: Caller,
    @Param('statement') id: string,
  ): Promise<StatementHistoryView> {
    return showHistory(await this.statements.find(caller, id));
  }

  @Get(':statement/credits')
  @Scopes('statements:read')
  @OfStatement()
  @Problems('not_a_party')
  @ApiOperation({
    operationId: 'listCredits',
    summary: 'The credits that the caller gives to its own customers with this statement',
  })
  @ApiOkResponse({ type: CreditPage })
  async credits(
    @CurrentCaller() caller: Caller,
    @Param('statement') id: string,
    @Query() { cursor, limit }: PageQuery,
  ): Promise<CreditPage> {
    const { statement, provider } = await this.statements.ofProvider(caller, id);
    const [after] = readCursor<[number]>(cursor, [isOrdinalValue]) ?? [0];
    const rows = await this.statements.namedCredits(statement, provider.id, after, limit + 1);
    const totals = await this.statements.creditTotals(statement, provider.id);
    const shown = mapPage(
      page(rows, limit, ({ position }) => [position]),
      (credit) => creditView(credit, provider.code),
    );
    const savings = await this.statements.savings(statement, provider.id);
    return { ...shown, totals: showTotals(totals, rows[0]?.currency ?? provider.billingCurrency, savings) };
  }
}
