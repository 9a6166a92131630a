import { Controller, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentCaller, Scopes, type Caller } from '../../access/index.js';
import { AgreementsService, OfAgreement } from '../../agreements/index.js';
import { JobView, showJob } from '../../jobs/index.js';
import { AnswerHeaders, OfPeriod, PeriodParam, Problems } from '../../platform/http/index.js';
import { CloseService } from '../close.service.js';
import { StatementsService } from '../statements.service.js';
import { PreviewView } from './statements.dto.js';

@ApiTags('statements')
@OfAgreement()
@OfPeriod()
@Problems('agreement_not_in_force')
@Controller('v1/agreements/:agreement/periods/:period')
export class PeriodsController {
  constructor(
    private readonly agreements: AgreementsService,
    private readonly closing: CloseService,
    private readonly statements: StatementsService,
  ) {}

  @Post('close')
  @Scopes('statements:accept')
  @HttpCode(202)
  @Problems('before_cut_off', 'nothing_to_close', 'period_not_ended')
  @ApiOperation({
    operationId: 'closePeriod',
    summary: 'Close a period: issue its statement and give its credits',
    description:
      'The operator may close a period that has ended, a party from its cut-off on. However often it is asked, ' +
      'one statement comes of it, so no Idempotency-Key is needed.',
  })
  @ApiAcceptedResponse({ type: JobView })
  @AnswerHeaders(202, 'Location')
  async close(
    @CurrentCaller() caller: Caller,
    @Param('agreement') code: string,
    @PeriodParam() period: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JobView> {
    const agreement = await this.agreements.find(caller, code);
    const job = await this.closing.request(caller, agreement, period, Date.now());
    reply.header('Location', `/v1/jobs/${job.id}`);
    return showJob(job);
  }

  @Get('preview')
  @Scopes('statements:read')
  @ApiOperation({
    operationId: 'previewStatement',
    summary: 'What the statement would say if it were issued now',
  })
  @ApiOkResponse({ type: PreviewView })
  async preview(
    @CurrentCaller() caller: Caller,
    @Param('agreement') code: string,
    @PeriodParam() period: string,
  ): Promise<PreviewView> {
    const agreement = await this.agreements.find(caller, code);
    return this.statements.preview(agreement, period, Date.now());
  }
}
