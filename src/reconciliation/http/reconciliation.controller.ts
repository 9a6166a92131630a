import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Scopes, type Caller } from '../../access/index.js';
import { AgreementsService } from '../../agreements/index.js';
import { Etagged, mapPage, page, PeriodParam, readCursor } from '../../platform/http/index.js';
import { ReconciliationService } from '../reconciliation.service.js';
import type { ComparedBucket } from '../rules/compare-bucket.js';
import {
  BucketPage,
  BucketQuery,
  ReconciliationView,
  showBucket,
  showReconciliation,
} from './reconciliation.dto.js';

@ApiTags('reconciliation')
@Controller('v1/agreements/:agreement/periods/:period/reconciliation')
export class ReconciliationController {
  constructor(
    private readonly agreements: AgreementsService,
    private readonly reconciliation: ReconciliationService,
  ) {}

  @Get()
  @Scopes('statements:read')
  @Etagged()
  @ApiParam({ name: 'period', example: '2026-10' })
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

  @Get('buckets')
  @Scopes('statements:read')
  @ApiParam({ name: 'period', example: '2026-10' })
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
    const after = readCursor<Key>(cursor, [isText, Number.isInteger, isText, isText, isText]);
    const { buckets, version } = await this.reconciliation.read(agreement, period);
    const wanted = buckets.filter(
      (bucket) =>
        (status === undefined || bucket.status === status) &&
        (direction === undefined || bucket.direction === direction) &&
        (after === null || isAfter(keyOf(bucket), after)),
    );
    return mapPage(page(wanted.slice(0, limit + 1), limit, keyOf), (bucket) =>
      showBucket(bucket, version.terms.reconciliation),
    );
  }
}

type Key = [string, number, string, string, string];

function keyOf({ direction, start, scope }: ComparedBucket): Key {
  return [direction, start, scope.sourceRegion, scope.destinationRegion, scope.service];
}

/** Compares keys in the order in which buckets are listed: texts by their UTF-8 bytes. */
function isAfter(key: Key, after: Key): boolean {
  for (const [index, part] of key.entries()) {
    const other = after[index]!;
    if (part === other) continue;
    if (typeof part === 'number') return part > (other as number);
    return Buffer.compare(Buffer.from(part), Buffer.from(other as string)) > 0;
  }
  return false;
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}
