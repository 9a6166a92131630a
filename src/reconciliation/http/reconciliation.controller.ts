import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentCaller, Scopes, type Caller } from '../../access/index.js';
import { AgreementsService, OfAgreement } from '../../agreements/index.js';
import { sendCsv } from '../../platform/csv/index.js';
import { ApiCsv, Etagged, OfPeriod, PeriodParam, Problems } from '../../platform/http/index.js';
import { ReconciliationService } from '../reconciliation.service.js';
import { bucketPage, bucketPosition } from './bucket-page.js';
import {
  BucketFilterQuery,
  BucketPage,
  BucketQuery,
  ReconciliationView,
  showReconciliation,
} from './reconciliation.dto.js';

@ApiTags('reconciliation')
@OfAgreement()
@OfPeriod()
@Problems('agreement_not_in_force')
@Controller('v1/agreements/:agreement/periods/:period/reconciliation')
export class ReconciliationController {
  constructor(
    private readonly agreements: AgreementsService,
    private readonly reconciliation: ReconciliationService,
  ) {}

  @Get()
  @Scopes('statements:read')
  @Etagged()
  @ApiOperation({
    operationId: 'getReconciliation',
    summary: 'How both sides’ reports of a period compare; of an open one, so far',
  })
  @ApiOkResponse({ type: ReconciliationView })
  async get(
    @CurrentCaller() caller: Caller,
    @Param('agreement') code: string,
    @PeriodParam() period: string,
  ): Promise<ReconciliationView> {
    const agreement = await this.agreements.find(caller, code);
    return showReconciliation(agreement.code, period, await this.reconciliation.read(agreement, period));
  }

  @Get('buckets.csv')
  @Scopes('statements:read')
  @ApiOperation({
    operationId: 'downloadBucketsCsv',
    summary: 'All buckets of a period as CSV, or those of a status or direction',
  })
  @ApiCsv(
    'direction,start,end,sourceRegion,destinationRegion,service,senderBytes,receiverBytes,settledBytes,' +
      'discrepancyBytes,status,agreedBytes',
    'aToB,2026-10-05T13:00:00Z,2026-10-05T14:00:00Z,,,,1000,900,900,100,mismatch,',
  )
  async bucketsCsv(
    @CurrentCaller() caller: Caller,
    @Param('agreement') code: string,
    @PeriodParam() period: string,
    @Query() { status, direction }: BucketFilterQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const agreement = await this.agreements.find(caller, code);
    const filter = { status: status ?? null, direction: direction ?? null };
    const content = await this.reconciliation.bucketsCsv(agreement, period, filter);
    await sendCsv(reply, `${agreement.code}-${period}-buckets.csv`, content);
  }

  @Get('buckets')
  @Scopes('statements:read')
  @ApiOperation({
    operationId: 'listBuckets',
    summary: 'The buckets of a period by direction, start and scope, with what each side reported',
  })
  @ApiOkResponse({ type: BucketPage })
  async buckets(
    @CurrentCaller() caller: Caller,
    @Param('agreement') code: string,
    @PeriodParam() period: string,
    @Query() { status, direction, cursor, limit }: BucketQuery,
  ): Promise<BucketPage> {
    const agreement = await this.agreements.find(caller, code);
    const filter = { status: status ?? null, direction: direction ?? null };
    const { buckets, version } = await this.reconciliation.buckets(
      agreement,
      period,
      filter,
      bucketPosition(cursor),
      limit + 1,
    );
    return bucketPage(buckets, version.terms.reconciliation, limit);
  }
}
