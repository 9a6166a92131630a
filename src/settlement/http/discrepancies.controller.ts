import { applyDecorators, Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { CurrentCaller, Scopes, type Caller } from '../../access/index.js';
import { AgreementsService, OfAgreement } from '../../agreements/index.js';
import { formatAmount } from '../../money/index.js';
import { sendCsv } from '../../platform/csv/index.js';
import {
  ApiCsv,
  mapPage,
  OfPeriod,
  page,
  PageOf,
  PageQuery,
  PeriodParam,
  Problems,
} from '../../platform/http/index.js';
import { BucketView, rankedDiscrepancyPosition, showBucket } from '../../reconciliation/index.js';
import { DISCREPANCY_SORTS, DiscrepanciesService, type DiscrepancySort } from '../discrepancies.service.js';

/** What comes first in a list of discrepancies. */
function Sort(): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({
      enum: DISCREPANCY_SORTS,
      default: 'money',
      description:
        'What comes first: most money at stake, then most bytes; or most bytes. Of more than 10,000 discrepancies ' +
        'the 10,000 with the most bytes are sorted by money, and the others follow by bytes.',
      example: 'money',
    }),
    IsIn(DISCREPANCY_SORTS, { message: `must be one of ${DISCREPANCY_SORTS.join(', ')}` }),
  );
}

class SortQuery {
  @Sort()
  sort: DiscrepancySort = 'money';
}

class DiscrepancyQuery extends PageQuery {
  @Sort()
  sort: DiscrepancySort = 'money';
}

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
@OfAgreement()
@OfPeriod()
@Problems('agreement_not_in_force')
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
    summary: 'The buckets that the two sides do not agree on, with the money at stake, most of it first',
    description:
      'Of an open period, so far. Buckets of one side only are among them where that side’s figure is held back.',
  })
  @ApiOkResponse({ type: DiscrepancyPage })
  async list(
    @CurrentCaller() caller: Caller,
    @Param('agreement') code: string,
    @PeriodParam() period: string,
    @Query() { cursor, limit, sort }: DiscrepancyQuery,
  ): Promise<DiscrepancyPage> {
    const agreement = await this.agreements.find(caller, code);
    const { currency } = agreement;
    const part = { sort, after: rankedDiscrepancyPosition(cursor), limit: limit + 1 };
    const { rows, terms } = await this.discrepancies.list(agreement, period, part);
    return mapPage(
      page(rows, limit, ({ position }) => position),
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
    summary: 'All discrepancies of a period as CSV, most money at stake first',
  })
  @ApiCsv(
    'direction,start,end,sourceRegion,destinationRegion,service,senderBytes,receiverBytes,settledBytes,' +
      'discrepancyBytes,status,agreedBytes,amountAtStake,currency',
    'aToB,2026-10-05T13:00:00Z,2026-10-05T14:00:00Z,,,,1000,900,900,100,mismatch,,12.50,USD',
  )
  async csv(
    @CurrentCaller() caller: Caller,
    @Param('agreement') code: string,
    @PeriodParam() period: string,
    @Query() { sort }: SortQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const agreement = await this.agreements.find(caller, code);
    const content = await this.discrepancies.csv(agreement, period, sort);
    await sendCsv(reply, `${agreement.code}-${period}-discrepancies.csv`, content);
  }
}
