import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Scopes } from '../../access/index.js';
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
import { ProvidersService } from '../providers.service.js';
import { ProviderInput, ProviderPage, ProviderView, showProvider } from './providers.dto.js';
import { OfProvider } from './of-provider.js';

@ApiTags('providers')
@Controller('v1/providers')
export class ProvidersController {
  constructor(private readonly providers: ProvidersService) {}

  @Post()
  @Scopes('operator')
  @Idempotent()
  @Problems('provider_code_taken')
  @ApiOperation({ operationId: 'createProvider', summary: 'Register a provider' })
  @ApiCreatedResponse({ type: ProviderView })
  @AnswerHeaders(201, 'Location')
  async create(
    @Body() input: ProviderInput,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProviderView> {
    const provider = await this.providers.create(input);
    reply.header('Location', `/v1/providers/${provider.code}`);
    return showProvider(provider);
  }

  @Get()
  @Scopes()
  @ApiOperation({ operationId: 'listProviders', summary: 'All providers, in the order they were registered' })
  @ApiOkResponse({ type: ProviderPage })
  async list(@Query() { cursor, limit }: PageQuery): Promise<ProviderPage> {
    const [afterId] = readCursor<[string]>(cursor, [isIdValue]) ?? [null];
    const rows = await this.providers.list({ afterId, limit: limit + 1 });
    return mapPage(
      page(rows, limit, ({ id }) => [id]),
      showProvider,
    );
  }

  @Get(':provider')
  @Scopes()
  @Etagged()
  @OfProvider()
  @ApiOperation({ operationId: 'getProvider', summary: 'One provider, by its code' })
  @ApiOkResponse({ type: ProviderView })
  async get(@Param('provider') code: string): Promise<ProviderView> {
    return showProvider(await this.providers.require(code));
  }
}
