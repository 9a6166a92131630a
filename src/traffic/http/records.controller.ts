import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Scopes, type Caller } from '../../access/index.js';
import { agreementProblems, AgreementsService, OfAgreement } from '../../agreements/index.js';
import { parseInstant } from '../../period/index.js';
import { TrafficService } from '../traffic.service.js';
import { recordPage, recordPosition } from './record-page.js';
import { RecordQuery, TrafficRecordPage } from './records.dto.js';
import { Problems } from '../../platform/http/index.js';

@ApiTags('traffic')
@OfAgreement()
@Problems('not_a_party')
@Controller('v1/agreements/:agreement/traffic-records')
export class RecordsController {
  constructor(
    private readonly agreements: AgreementsService,
    private readonly traffic: TrafficService,
  ) {}

  @Get()
  @Scopes('traffic:read')
  @ApiOperation({
    operationId: 'listTrafficRecords',
    summary: 'The caller’s own records with every revision, by start',
  })
  @ApiOkResponse({ type: TrafficRecordPage })
  async list(
    @CurrentCaller() caller: Caller,
    @Param('agreement') code: string,
    @Query() query: RecordQuery,
  ): Promise<TrafficRecordPage> {
    const agreement = await this.agreements.find(caller, code);
    if (caller.kind !== 'provider') {
      throw agreementProblems.not_a_party(
        'Records are shown to the party that reported them, and to nobody else.',
      );
    }
    const rows = await this.traffic.records(
      agreement,
      caller.providerId,
      {
        from: toDate(query.from),
        to: toDate(query.to),
        direction: query.direction ?? null,
        customer: query.customer ?? null,
        id: query.id ?? null,
      },
      recordPosition(query.cursor),
      query.limit + 1,
    );
    return recordPage(rows, query.limit);
  }
}

function toDate(text: string | undefined): Date | null {
  return text === undefined ? null : new Date(parseInstant(text)!);
}
