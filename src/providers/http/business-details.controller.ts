import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, Scopes, type Caller } from '../../access/index.js';
import { Database } from '../../platform/database/index.js';
import { BusinessDetailsService } from '../business-details.service.js';
import { ProvidersService } from '../providers.service.js';
import { OfProvider } from './of-provider.js';
import { BusinessDetailsInput, BusinessDetailsView, readDetails } from './business-details.dto.js';

@ApiTags('providers')
@OfProvider()
@Controller('v1/providers/:provider/business-details')
export class BusinessDetailsController {
  constructor(
    private readonly database: Database,
    private readonly details: BusinessDetailsService,
    private readonly providers: ProvidersService,
  ) {}

  @Get()
  @Scopes('keys:write')
  @ApiOperation({
    operationId: 'getBusinessDetails',
    summary: 'What documents say of a provider: its address and identifiers',
    description: 'Shown to the provider and the operator; counterparties read it on their statements.',
  })
  @ApiOkResponse({ type: BusinessDetailsView })
  async get(@Param('provider') code: string, @CurrentCaller() caller: Caller): Promise<BusinessDetailsView> {
    const provider = await this.providers.requireOwn(code, caller);
    return this.details.of(this.database, provider.id);
  }

  @Put()
  @Scopes('keys:write')
  @ApiOperation({
    operationId: 'replaceBusinessDetails',
    summary: 'Replace what documents say of a provider',
    description:
      'What is left out is not known any more. It counts for statements that are issued from now on; issued ones ' +
      'keep what they say. The same again says the same, so no Idempotency-Key is needed.',
  })
  @ApiOkResponse({ type: BusinessDetailsView })
  async replace(
    @Param('provider') code: string,
    @CurrentCaller() caller: Caller,
    @Body() input: BusinessDetailsInput,
  ): Promise<BusinessDetailsView> {
    const provider = await this.providers.requireOwn(code, caller);
    return this.details.replace(provider, readDetails(input));
  }
}
