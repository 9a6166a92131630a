import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentCaller, Scopes, type Caller } from '../../access/index.js';
import {
  AnswerHeaders,
  Etagged,
  Idempotent,
  isOrdinalValue,
  mapPage,
  page,
  PageQuery,
  Problems,
  readCursor,
} from '../../platform/http/index.js';
import { agreementProblems } from '../agreements.errors.js';
import { AgreementsService } from '../agreements.service.js';
import { plainTerms } from './terms.dto.js';
import { AcceptanceInput, showVersion, VersionInput, VersionPage, VersionView } from './versions.dto.js';
import { OfAgreement } from './of-agreement.js';

@ApiTags('agreements')
@OfAgreement()
@Controller('v1/agreements/:agreement/versions')
export class VersionsController {
  constructor(private readonly agreements: AgreementsService) {}

  @Post()
  @Scopes('agreements:write')
  @Idempotent()
  @Problems('invalid_terms', 'not_a_party', 'terms_in_closed_period', 'terms_in_agreed_period')
  @ApiOperation({
    operationId: 'proposeVersion',
    summary: 'Propose terms from a period on',
    description:
      'Proposing is accepting for the proposer. The terms are in force once both parties accepted.',
  })
  @ApiCreatedResponse({ type: VersionView })
  @AnswerHeaders(201, 'Location')
  async propose(
    @CurrentCaller() caller: Caller,
    @Param('agreement') code: string,
    @Body() { effectiveFrom, terms }: VersionInput,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<VersionView> {
    const agreement = await this.agreements.find(caller, code);
    const proposal = { effectiveFrom, terms: plainTerms(terms) };
    const version = await this.agreements.propose(caller, agreement, proposal);
    reply.header('Location', `/v1/agreements/${agreement.code}/versions/${version.version}`);
    return showVersion(agreement.code, version);
  }

  @Get()
  @Scopes('agreements:read')
  @ApiOperation({ operationId: 'listVersions', summary: 'The versions of an agreement’s terms' })
  @ApiOkResponse({ type: VersionPage })
  async list(
    @CurrentCaller() caller: Caller,
    @Param('agreement') code: string,
    @Query() { cursor, limit }: PageQuery,
  ): Promise<VersionPage> {
    const agreement = await this.agreements.find(caller, code);
    const [after] = readCursor<[number]>(cursor, [isOrdinalValue]) ?? [0];
    const rows = await this.agreements.versions(agreement, after, limit + 1);
    return mapPage(
      page(rows, limit, ({ version }) => [version]),
      (row) => showVersion(agreement.code, row),
    );
  }

  @Get(':version')
  @Scopes('agreements:read')
  @Etagged()
  @ApiParam({
    name: 'version',
    description: 'Number of the version',
    schema: { type: 'integer', minimum: 1, example: 1 },
  })
  @Problems('version_not_found')
  @ApiOperation({ operationId: 'getVersion', summary: 'One version of an agreement’s terms' })
  @ApiOkResponse({ type: VersionView })
  async get(
    @CurrentCaller() caller: Caller,
    @Param('agreement') code: string,
    @Param('version') version: string,
  ): Promise<VersionView> {
    const agreement = await this.agreements.find(caller, code);
    return showVersion(agreement.code, await this.agreements.version(agreement, numberOf(version)));
  }

  @Post(':version/accept')
  @Scopes('agreements:write')
  @HttpCode(200)
  @ApiParam({
    name: 'version',
    description: 'Number of the version',
    schema: { type: 'integer', minimum: 1, example: 1 },
  })
  @Problems('not_a_party', 'version_not_found', 'version_hash_mismatch', 'version_not_current')
  @Problems('invalid_terms', 'terms_in_closed_period', 'terms_in_agreed_period')
  @ApiOperation({
    operationId: 'acceptVersion',
    summary: 'Accept the current proposal by its hash',
    description: 'Accepting twice changes nothing, so no Idempotency-Key is needed.',
  })
  @ApiOkResponse({ type: VersionView })
  async accept(
    @CurrentCaller() caller: Caller,
    @Param('agreement') code: string,
    @Param('version') version: string,
    @Body() { sha256 }: AcceptanceInput,
  ): Promise<VersionView> {
    const agreement = await this.agreements.find(caller, code);
    const accepted = await this.agreements.accept(caller, agreement, numberOf(version), sha256);
    return showVersion(agreement.code, accepted);
  }
}

function numberOf(segment: string): number {
  if (/^[1-9]\d{0,8}$/.test(segment)) return Number(segment);
  throw agreementProblems.version_not_found('There is no such version.');
}
