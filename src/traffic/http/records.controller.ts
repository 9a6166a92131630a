import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Scopes, type Caller } from '../../access/index.js';
import { agreementProblems, AgreementsService } from '../../agreements/index.js';
import { formatInstant, parseInstant } from '../../period/index.js';
import { mapPage, page, readCursor } from '../../platform/http/index.js';
import { TrafficService } from '../traffic.service.js';
import { RecordQuery, showRecord, TrafficRecordPage } from './records.dto.js';

@ApiTags('traffic')
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
    const position = readCursor<[string, string, number]>(query.cursor, [
      isInstant,
      isText,
      Number.isInteger,
    ]);
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
      position && { start: toDate(position[0])!, id: position[1], revision: position[2] },
      query.limit + 1,
    );
    const shown = page(rows, query.limit, ({ start, id, revision }) => [
      formatInstant(start.getTime()),
      id,
      revision,
    ]);
    return mapPage(shown, showRecord);
  }
}

function toDate(text: string | undefined): Date | null {
  return text === undefined ? null : new Date(parseInstant(text)!);
}

function isInstant(value: unknown): boolean {
  return isText(value) && parseInstant(value as string) !== null;
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}
