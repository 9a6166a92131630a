import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentCaller, Scopes, type Caller } from '../../access/index.js';
import {
  AnswerHeaders,
  Etagged,
  Idempotent,
  isIdValue,
  mapPage,
  page,
  PageQuery,
  Problems,
  readCursor,
} from '../../platform/http/index.js';
import { AgreementsService } from '../agreements.service.js';
import { AgreementInput, AgreementPage, AgreementView, showAgreement } from './agreements.dto.js';
import { OfAgreement } from './of-agreement.js';

@ApiTags('agreements')
@Controller('v1/agreements')
export class AgreementsController {
  constructor(private readonly agreements: AgreementsService) {}

  @Post()
  @Scopes('agreements:write')
  @Idempotent()
  @Problems('agreement_exists', 'invalid_agreement', 'not_a_party', 'unknown_provider')
  @ApiOperation({ operationId: 'createAgreement', summary: 'Make an agreement between two providers' })
  @ApiCreatedResponse({ type: AgreementView })
  @AnswerHeaders(201, 'Location')
  async create(
    @CurrentCaller() caller: Caller,
    @Body() input: AgreementInput,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AgreementView> {
    const agreement = await this.agreements.create(caller, { ...input, autoClose: input.autoClose ?? true });
    reply.header('Location', `/v1/agreements/${agreement.code}`);
    return showAgreement(agreement, Date.now());
  }

  @Get()
  @Scopes('agreements:read')
  @ApiOperation({
    operationId: 'listAgreements',
    summary: 'The caller’s agreements, in the order they were made',
  })
  @ApiOkResponse({ type: AgreementPage })
  async list(@CurrentCaller() caller: Caller, @Query() { cursor, limit }: PageQuery): Promise<AgreementPage> {
    const [afterId] = readCursor<[string]>(cursor, [isIdValue]) ?? [null];
    const rows = await this.agreements.list(caller, afterId, limit + 1);
    return mapPage(
      page(rows, limit, ({ id }) => [id]),
      (agreement) => showAgreement(agreement, Date.now()),
    );
  }

  @Get(':agreement')
  @Scopes('agreements:read')
  @Etagged()
  @OfAgreement()
  @ApiOperation({ operationId: 'getAgreement', summary: 'One agreement, by its code' })
  @ApiOkResponse({ type: AgreementView })
  async get(@CurrentCaller() caller: Caller, @Param('agreement') code: string): Promise<AgreementView> {
    return showAgreement(await this.agreements.find(caller, code), Date.now());
  }
}
