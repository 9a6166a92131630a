import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { CurrentCaller, Scopes, type Caller } from '../../access/index.js';
import { parseInstant } from '../../period/index.js';
import {
  Idempotent,
  isIdValue,
  mapPage,
  page,
  PageQuery,
  Problems,
  readCursor,
} from '../../platform/http/index.js';
import { ApiKeysService } from '../api-keys.service.js';
import { ApiKeyInput, ApiKeyPage, CreatedApiKeyView, showApiKey, showCreatedApiKey } from './api-keys.dto.js';
import { OfProvider } from './of-provider.js';

@ApiTags('providers')
@OfProvider()
@Controller('v1/providers/:provider/api-keys')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  @Post()
  @Scopes('keys:write')
  @Idempotent({ withoutBody: ['key'] })
  @Problems('scope_not_grantable', 'too_many_active_keys')
  @ApiOperation({ operationId: 'createApiKey', summary: 'Make an API key for a provider' })
  @ApiCreatedResponse({ type: CreatedApiKeyView })
  async create(
    @Param('provider') code: string,
    @CurrentCaller() caller: Caller,
    @Body() { name, scopes, expiresAt }: ApiKeyInput,
  ): Promise<CreatedApiKeyView> {
    const expiry = expiresAt ? new Date(parseInstant(expiresAt) as number) : null;
    return showCreatedApiKey(await this.keys.create(code, caller, { name, scopes, expiresAt: expiry }));
  }

  @Get()
  @Scopes('keys:write')
  @ApiOperation({ operationId: 'listApiKeys', summary: 'A provider’s API keys, without their secrets' })
  @ApiOkResponse({ type: ApiKeyPage })
  async list(
    @Param('provider') code: string,
    @CurrentCaller() caller: Caller,
    @Query() { cursor, limit }: PageQuery,
  ): Promise<ApiKeyPage> {
    const [afterId] = readCursor<[string]>(cursor, [isIdValue]) ?? [null];
    const rows = await this.keys.list(code, caller, { afterId, limit: limit + 1 });
    return mapPage(
      page(rows, limit, ({ id }) => [id]),
      showApiKey,
    );
  }

  @Delete(':id')
  @Scopes('keys:write')
  @HttpCode(204)
  @ApiParam({ name: 'id', description: 'Id of the key', example: '019a7d3c-5e80-7000-8000-000000000001' })
  @Problems('api_key_not_found')
  @ApiOperation({ operationId: 'revokeApiKey', summary: 'Revoke an API key, at once' })
  @ApiNoContentResponse()
  async revoke(
    @Param('provider') code: string,
    @Param('id') id: string,
    @CurrentCaller() caller: Caller,
  ): Promise<void> {
    await this.keys.revoke(code, caller, id);
  }
}
