import { Controller, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentCaller, Scopes, type Caller } from '../../access/index.js';
import { JobView, showJob } from '../../jobs/index.js';
import { AnswerHeaders } from '../../platform/http/index.js';
import { RestatementService } from '../restatement.service.js';
import { StatementsService } from '../statements.service.js';
import { VerificationService } from '../verification.service.js';
import { RestatementView } from './restatements.dto.js';
import { OfStatement } from './of-statement.js';

/** Issued statements against what is known now, and against what was known then. */
@ApiTags('statements')
@OfStatement()
@Controller('v1/statements/:statement')
export class RestatementsController {
  constructor(
    private readonly restatements: RestatementService,
    private readonly statements: StatementsService,
    private readonly verification: VerificationService,
  ) {}

  @Get('restatement')
  @Scopes('statements:read')
  @ApiOperation({
    operationId: 'restateStatement',
    summary: 'What the statement’s period would come to with all that is known now, line by line',
    description: 'The differences are what the next statement would adjust.',
  })
  @ApiOkResponse({ type: RestatementView })
  async restate(@CurrentCaller() caller: Caller, @Param('statement') id: string): Promise<RestatementView> {
    const statement = await this.statements.find(caller, id);
    return { statement: statement.id, ...(await this.restatements.restate(statement)) };
  }

  @Post('verify')
  @Scopes('statements:read')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'verifyStatement',
    summary:
      'Recompute a statement from records, prices, payments and disputes, and compare it byte for byte',
    description:
      'A job, since it reads all records as they were recorded at the issue, of this period and of those issued ' +
      'before. Its result says whether all is as it was (`matches`), names both hashes and both clocks of the close, ' +
      'and the first differences: of the document (`differences`), of each party’s credits (`credits`, where a party ' +
      'sees its own differences only), and of payments, disputes and postings (`history`). It changes nothing, so no ' +
      'Idempotency-Key is needed.',
  })
  @ApiAcceptedResponse({ type: JobView })
  @AnswerHeaders(202, 'Location')
  async verify(
    @CurrentCaller() caller: Caller,
    @Param('statement') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JobView> {
    const job = await this.verification.request(caller, await this.statements.find(caller, id));
    reply.header('Location', `/v1/jobs/${job.id}`);
    return showJob(job);
  }
}
