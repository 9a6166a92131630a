import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentCaller, Scopes, type Caller } from '../../access/index.js';
import {
  AnswerHeaders,
  ApiIfMatch,
  Etagged,
  Idempotent,
  IfMatch,
  isIdValue,
  mapPage,
  page,
  type Precondition,
  Problems,
  readCursor,
} from '../../platform/http/index.js';
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
  @Problems('unknown_agreement', 'statement_not_found', 'line_not_found', 'not_a_party', 'bucket_agreed')
  @Problems('agreement_not_in_force', 'invalid_dispute', 'no_discrepancy', 'nothing_disputed')
  @Problems('dispute_below_minimum', 'already_disputed', 'accepted_by_party', 'dispute_window_over')
  @Problems('statement_void', 'statement_settled')
  @ApiOperation({
    operationId: 'raiseDispute',
    summary: 'Dispute a line of a statement, or a discrepancy',
    description:
      'What was charged beyond the claim is withheld from payment at once; the rest stays payable. A claim for ' +
      'more than was charged, or about what no statement charged, withholds nothing.',
  })
  @ApiBody({
    type: DisputeInput,
    examples: {
      line: {
        value: {
          statement: '019a7d3c-5e80-7000-8000-000000000001',
          line: '019a7d3c-5e80-7000-8000-000000000002',
          reason: 'rate',
          claimedAmount: '75.00',
        },
      },
      bucket: {
        value: {
          agreement: 'alpha-beta',
          period: '2026-10',
          bucket: { direction: 'aToB', start: '2026-10-05T13:00:00Z' },
          reason: 'volume',
          claimedBytes: '900',
        },
      },
    },
  })
  @ApiCreatedResponse({ type: DisputeDetailView })
  @AnswerHeaders(201, 'Location')
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
    const [before] = readCursor<[string]>(query.cursor, [isIdValue]) ?? [null];
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
  @ApiParam({
    name: 'dispute',
    description: 'Id of the dispute',
    example: '019a7d3c-5e80-7000-8000-000000000001',
  })
  @Problems('dispute_not_found')
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
  @ApiParam({
    name: 'dispute',
    description: 'Id of the dispute',
    example: '019a7d3c-5e80-7000-8000-000000000001',
  })
  @Problems('dispute_not_found', 'dispute_closed', 'dispute_lapsed', 'not_a_party')
  @Problems('bucket_agreed', 'invalid_resolution', 'too_many_proposals')
  @ApiOperation({
    operationId: 'proposeResolution',
    summary: 'Propose how to settle a dispute',
    description:
      'By either party, any number of times; the latest proposal stands. The other party may consent.',
  })
  @ApiBody({
    type: ProposalInput,
    examples: {
      amount: { value: { resolution: { kind: 'amount', amount: '12.50' } } },
      bytes: {
        value: {
          resolution: {
            kind: 'bytes',
            buckets: [{ direction: 'aToB', start: '2026-10-05T13:00:00Z', bytes: '950' }],
          },
        },
      },
    },
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
  @ApiParam({
    name: 'dispute',
    description: 'Id of the dispute',
    example: '019a7d3c-5e80-7000-8000-000000000001',
  })
  @Problems('dispute_not_found', 'dispute_closed', 'dispute_lapsed', 'not_a_party')
  @Problems('bucket_agreed', 'invalid_resolution', 'no_proposal', 'own_proposal')
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
  @ApiParam({
    name: 'dispute',
    description: 'Id of the dispute',
    example: '019a7d3c-5e80-7000-8000-000000000001',
  })
  @Problems('dispute_not_found', 'dispute_closed', 'dispute_lapsed', 'not_a_party')
  @Problems('not_the_raiser')
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
  @ApiParam({
    name: 'dispute',
    description: 'Id of the dispute',
    example: '019a7d3c-5e80-7000-8000-000000000001',
  })
  @Problems('dispute_not_found', 'dispute_closed', 'dispute_lapsed', 'not_a_party')
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
