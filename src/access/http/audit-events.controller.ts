import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { parseInstant } from '../../period/index.js';
import { csvAnswer } from '../../platform/csv/index.js';
import { ApiCsv, isIdValue, isInstantValue, mapPage, page, readCursor } from '../../platform/http/index.js';
import { AuditService } from '../audit.service.js';
import { CurrentCaller, type Caller } from '../caller.js';
import { Scopes } from '../decorators.js';
import { AuditEventPage, AuditQuery } from './audit-events.dto.js';
import { AUDIT_COLUMNS, auditCells, showAuditEvent } from './show-audit-event.js';

const DESCRIPTION =
  'Changes to what is the caller’s own or shared with another party, by whomever, and attempts that its own ' +
  'credentials were denied; the operator’s are all. Each change is in the hash chain of who made it.';

@ApiTags('audit')
@Controller('v1')
export class AuditEventsController {
  constructor(private readonly audit: AuditService) {}

  @Get('audit-events')
  @Scopes('audit:read')
  @ApiOperation({
    operationId: 'listAuditEvents',
    summary: 'Changes and denied attempts, latest first',
    description: DESCRIPTION,
  })
  @ApiOkResponse({ type: AuditEventPage })
  async list(@CurrentCaller() caller: Caller, @Query() query: AuditQuery): Promise<AuditEventPage> {
    const { limit } = query;
    const before = readCursor<[number, string]>(query.cursor, [isInstantValue, isIdValue]);
    const [resourceKind = null, resourceId = null] = query.resource?.split(/:(.*)/s) ?? [];
    const rows = await this.audit.list(
      {
        partyId: caller.kind === 'provider' ? caller.providerId : null,
        from: instantOf(query.from),
        to: instantOf(query.to),
        action: query.action ?? null,
        resourceKind,
        resourceId,
        agreement: query.agreement ?? null,
        outcome: query.outcome ?? null,
        before: before && { at: new Date(before[0]), id: before[1] },
      },
      limit + 1,
    );
    return mapPage(
      page(rows, limit, ({ at, id }) => [at.getTime(), id]),
      (row) => showAuditEvent(row, caller),
    );
  }

  @Get('audit-events.csv')
  @Scopes('audit:read')
  @ApiOperation({
    operationId: 'downloadAuditEventsCsv',
    summary: 'Changes and denied attempts as CSV, all of them; `limit` does not count',
    description: DESCRIPTION,
  })
  @ApiCsv(
    AUDIT_COLUMNS.join(),
    '019a7d3c-5e80-7000-8000-000000000001,2026-11-06T00:00:00Z,done,agreement.suspend,' +
      'provider,alpha,api_key,019a7d3c-5e80-7000-8000-000000000002,agreement,019a7d3c-5e80-7000-8000-000000000003,' +
      'alpha-beta,alpha beta,019a7d3c-5e80-7000-8000-000000000004,192.0.2.1,POST,/v1/agreements/:agreement/suspend,' +
      '"{""state"":""in_force""}","{""state"":""suspended""}",,,,,,17,' +
      '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  )
  async csv(
    @CurrentCaller() caller: Caller,
    @Query() query: AuditQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await csvAnswer(reply, { name: 'audit-events.csv', columns: AUDIT_COLUMNS }, async (position) =>
      mapPage(await this.list(caller, { ...query, ...position }), auditCells),
    );
  }
}

function instantOf(text: string | undefined): Date | null {
  return text === undefined ? null : new Date(parseInstant(text) as number);
}
