import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiProperty, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentCaller, Scopes, type Caller } from '../../access/index.js';
import { AgreementsService } from '../../agreements/index.js';
import { formatAmount } from '../../money/index.js';
import { mapPage, page, PageOf, PageQuery, PeriodParam } from '../../platform/http/index.js';
import {
  BucketView,
  discrepancyPosition,
  discrepancyPositionOf,
  showBucket,
} from '../../reconciliation/index.js';
import { DiscrepanciesService } from '../discrepancies.service.js';

class DiscrepancyView extends BucketView {
  @ApiProperty({
    type: String,
    example: '12.50',
    description: 'What the period’s net differs by, settled with the one side’s figure or with the other’s',
  })
  amountAtStake: string;

  @ApiProperty({ type: String, example: 'USD' })
  currency: string;
}

class DiscrepancyPage extends PageOf(DiscrepancyView) {}

@ApiTags('reconciliation')
@ApiParam({ name: 'period', example: '2026-10' })
@Controller('v1/agreements/:agreement/periods/:period/reconciliation')
export class DiscrepanciesController {
  constructor(
    private readonly agreements: AgreementsService,
    private readonly discrepancies: DiscrepanciesService,
  ) {}

  @Get('discrepancies')
  @Scopes('statements:read')
  @ApiOperation({
    operationId: 'listDiscrepancies',
    summary: 'The buckets that the two sides do not agree on, largest first, with the money at stake',
    description:
      'Of an open period, so far. Buckets of one side only are among them where that side’s figure is held back.',
  })
  @ApiOkResponse({ type: DiscrepancyPage })
  async list(
    @CurrentCaller() caller: Caller,
    @Param('agreement') code: string,
    @PeriodParam() period: string,
    @Query() { cursor, limit }: PageQuery,
  ): Promise<DiscrepancyPage> {
    const agreement = await this.agreements.find(caller, code);
    const { currency } = agreement;
    const after = discrepancyPosition(cursor);
    const { rows, terms } = await this.discrepancies.list(agreement, period, after, limit + 1);
    return mapPage(
      page(rows, limit, ({ bucket }) => discrepancyPositionOf(bucket)),
      ({ bucket, amountAtStake }) => ({
        ...showBucket(bucket, terms.reconciliation),
        amountAtStake: formatAmount(amountAtStake, currency),
        currency,
      }),
    );
  }

  @Get('discrepancies.csv')
  @Scopes('statements:read')
  @ApiOperation({
    operationId: 'downloadDiscrepanciesCsv',
    summary: 'All discrepancies of a period as CSV, largest first',
  })
  @ApiOkResponse({ content: { 'text/csv': { schema: { type: 'string' } } } })
  async csv(
    @CurrentCaller() caller: Caller,
    @Param('agreement') code: string,
    @PeriodParam() period: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const agreement = await this.agreements.find(caller, code);
    const content = await this.discrepancies.csv(agreement, period);
    await reply
      .header('Content-Type', 'text/csv; charset=utf-8; header=present')
      .header('Content-Disposition', `attachment; filename="${agreement.code}-${period}-discrepancies.csv"`)
      .send(content);
  }
}
