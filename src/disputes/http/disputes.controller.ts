import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentCaller, Scopes, type Caller } from '../../access/index.js';
import {
  ApiIfMatch,
  Etagged,
  Idempotent,
  IfMatch,
  mapPage,
  page,
  readCursor,
  type Precondition,
} from '../../platform/http/index.js';
import { isId } from '../../platform/ids/index.js';
import { DisputesService, type DisputeRequest } from '../disputes.service.js';
import { RaisingService } from '../raising.service.js';
import { DisputeDetailView, DisputePage, showDispute, showDisputeDetail } from './dispute.view.js';
import { DisputeInput, DisputeQuery, ProposalInput } from './disputes.dto.js';
import { readDispute, readProposalInput } from './read-input.js';

const NOT_ALONE =
  'Send `If-Match` with the ETag of the dispute as last read. Sent again after it was done, it changes nothing.';

@ApiTags('disputes')
@Controller('v1/disputes')
export class DisputesController {
  constructor(
    private readonly disputes: DisputesService,
    private readonly raising: RaisingService,
  ) {}

  @Post()
  @Scopes('disputes:write')
  @Idempotent()
  @ApiOperation({
    operationId: 'raiseDispute',
    summary: 'Dispute a line of a statement, or a discrepancy',
    description:
      'What was charged beyond the claim is withheld from payment at once; the rest stays payable. A claim for ' +
      'more than was charged, or about what no statement charged, withholds nothing.',
  })
  @ApiCreatedResponse({ type: DisputeDetailView })
  async raise(
    @CurrentCaller() caller: Caller,
    @Body() input: DisputeInput,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DisputeDetailView> {
    const raised = await this.raising.raise(caller, readDispute(input), Date.now());
    reply.header('Location', `/v1/disputes/${raised.dispute.id}`);
    return showDisputeDetail(raised);
  }

  @Get()
  @Scopes('statements:read')
  @ApiOperation({ operationId: 'listDisputes', summary: 'The caller’s disputes, latest first' })
  @ApiOkResponse({ type: DisputePage })
  async list(@CurrentCaller() caller: Caller, @Query() query: DisputeQuery): Promise<DisputePage> {
    const [before] = readCursor<[string]>(query.cursor, [(id) => typeof id === 'string' && isId(id)]) ?? [
      null,
    ];
    const filter = {
      agreement: query.agreement ?? null,
      statementId: query.statement ?? null,
      period: query.period ?? null,
      state: query.state ?? null,
      reason: query.reason ?? null,
      raisedBy: query.raisedBy ?? null,
    };
    const rows = await this.disputes.list(caller, filter, before, query.limit + 1);
    return mapPage(
      page(rows, query.limit, ({ dispute }) => [dispute.id]),
      showDispute,
    );
  }

  @Get(':dispute')
  @Scopes('statements:read')
  @Etagged()
  @ApiOperation({ operationId: 'getDispute', summary: 'One dispute with all that happened in it' })
  @ApiOkResponse({ type: DisputeDetailView })
  async get(@CurrentCaller() caller: Caller, @Param('dispute') id: string): Promise<DisputeDetailView> {
    return showDisputeDetail(await this.disputes.find(caller, id));
  }

  @Post(':dispute/propose')
  @HttpCode(200)
  @Scopes('disputes:write')
  @Idempotent()
  @ApiIfMatch({ required: true })
  @ApiOperation({
    operationId: 'proposeResolution',
    summary: 'Propose how to settle a dispute',
    description:
      'By either party, any number of times; the latest proposal stands. The other party may consent.',
  })
  @ApiOkResponse({ type: DisputeDetailView })
  async propose(
    @CurrentCaller() caller: Caller,
    @Param('dispute') id: string,
    @Body() input: ProposalInput,
    @IfMatch({ required: true }) precondition: Precondition,
  ): Promise<DisputeDetailView> {
    return this.take(caller, id, { kind: 'propose', ...readProposalInput(input) }, precondition);
  }

  @Post(':dispute/consent')
  @HttpCode(200)
  @Scopes('disputes:write')
  @ApiIfMatch({ required: true })
  @ApiOperation({
    operationId: 'consentToResolution',
    summary: 'Consent to the other party’s latest proposal',
    description:
      'The dispute is resolved: bytes are fixed for good, and what they or a conceded amount change is on the ' +
      `next statement. ${NOT_ALONE}`,
  })
  @ApiOkResponse({ type: DisputeDetailView })
  async consent(
    @CurrentCaller() caller: Caller,
    @Param('dispute') id: string,
    @IfMatch({ required: true }) precondition: Precondition,
  ): Promise<DisputeDetailView> {
    return this.take(caller, id, { kind: 'consent' }, precondition);
  }

  @Post(':dispute/withdraw')
  @HttpCode(200)
  @Scopes('disputes:write')
  @ApiIfMatch({ required: true })
  @ApiOperation({
    operationId: 'withdrawDispute',
    summary: 'Withdraw a dispute, as the party that raised it',
    description: `What it withheld is payable again. ${NOT_ALONE}`,
  })
  @ApiOkResponse({ type: DisputeDetailView })
  async withdraw(
    @CurrentCaller() caller: Caller,
    @Param('dispute') id: string,
    @IfMatch({ required: true }) precondition: Precondition,
  ): Promise<DisputeDetailView> {
    return this.take(caller, id, { kind: 'withdraw' }, precondition);
  }

  @Post(':dispute/escalate')
  @HttpCode(200)
  @Scopes('disputes:write')
  @ApiIfMatch({ required: true })
  @ApiOperation({
    operationId: 'escalateDispute',
    summary: 'Escalate a dispute to whoever decides outside',
    description:
      'What it withholds stays withheld and no time bar falls. What was decided is proposed and consented to ' +
      `here, or the dispute withdrawn. ${NOT_ALONE}`,
  })
  @ApiOkResponse({ type: DisputeDetailView })
  async escalate(
    @CurrentCaller() caller: Caller,
    @Param('dispute') id: string,
    @IfMatch({ required: true }) precondition: Precondition,
  ): Promise<DisputeDetailView> {
    return this.take(caller, id, { kind: 'escalate' }, precondition);
  }

  private async take(
    caller: Caller,
    id: string,
    request: DisputeRequest,
    precondition: Precondition,
  ): Promise<DisputeDetailView> {
    const taken = await this.disputes.take(caller, id, request, Date.now(), (seen) =>
      precondition.check(showDisputeDetail(seen)),
    );
    return showDisputeDetail(taken);
  }
}
