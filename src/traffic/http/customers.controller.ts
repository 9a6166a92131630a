import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiProperty,
  ApiTags,
} from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { CurrentCaller, Scopes, type Caller } from '../../access/index.js';
import { formatInstant } from '../../period/index.js';
import {
  Idempotent,
  isOrdinalValue,
  mapPage,
  page,
  PageOf,
  PageQuery,
  Problems,
  readCursor,
} from '../../platform/http/index.js';
import { OfProvider } from '../../providers/index.js';
import { CustomersService } from '../customers.service.js';
import type { CustomerKeyRow } from '../sql/list-customer-keys.js';
import { trafficProblems } from '../traffic.errors.js';

const CUSTOMER_MAX = 128;

class CustomerKeyView {
  @ApiProperty({ type: 'integer', minimum: 1, example: 1 })
  version: number;

  @ApiProperty({ type: String, format: 'date-time' })
  createdAt: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  destroyedAt: string | null;
}

class ErasureInput {
  @ApiProperty({ type: String, minLength: 1, maxLength: CUSTOMER_MAX, example: 'shop-17' })
  @IsString({ message: `must be a text of 1 to ${CUSTOMER_MAX} characters` })
  @Length(1, CUSTOMER_MAX, { message: `must be a text of 1 to ${CUSTOMER_MAX} characters` })
  customer: string;
}

class CustomerKeyPage extends PageOf(CustomerKeyView) {}

@ApiTags('providers')
@OfProvider()
@Problems('not_a_party')
@Controller('v1/providers/:provider')
export class CustomersController {
  constructor(private readonly customers: CustomersService) {}

  @Post('customer-keys')
  @Scopes('keys:write')
  @Idempotent()
  @Problems('customers_not_pseudonymous')
  @ApiOperation({
    operationId: 'addCustomerKey',
    summary: 'Keep customers under pseudonyms from now on, or under a new key',
    description:
      'The first key switches pseudonyms on, for good: in what is reported from then on a pseudonym stands in the ' +
      'place of `customer`, also in statements’ exports. The provider itself goes on to see and to filter by its own ' +
      'references.',
  })
  @ApiCreatedResponse({ type: CustomerKeyView })
  async add(@Param('provider') code: string, @CurrentCaller() caller: Caller): Promise<CustomerKeyView> {
    return show(await this.customers.addKey(code, caller));
  }

  @Get('customer-keys')
  @Scopes('keys:write')
  @ApiOperation({
    operationId: 'listCustomerKeys',
    summary: 'The versions of the key that makes customers’ pseudonyms, without the keys',
  })
  @ApiOkResponse({ type: CustomerKeyPage })
  async list(
    @Param('provider') code: string,
    @CurrentCaller() caller: Caller,
    @Query() { cursor, limit }: PageQuery,
  ): Promise<CustomerKeyPage> {
    const [after] = readCursor<[number]>(cursor, [isOrdinalValue]) ?? [0];
    const rows = await this.customers.keys(code, caller, after, limit + 1);
    return mapPage(
      page(rows, limit, ({ version }) => [version]),
      show,
    );
  }

  @Delete('customer-keys/:version')
  @Scopes('keys:write')
  @HttpCode(204)
  @ApiParam({ name: 'version', description: 'Number of the version', example: '1' })
  @Problems('customer_key_not_found', 'customer_key_in_use')
  @ApiOperation({
    operationId: 'destroyCustomerKey',
    summary: 'Destroy an earlier version of the key, so that nobody can compute its pseudonyms again',
  })
  @ApiNoContentResponse()
  async destroy(
    @Param('provider') code: string,
    @Param('version') version: string,
    @CurrentCaller() caller: Caller,
  ): Promise<void> {
    if (!/^[1-9]\d{0,8}$/.test(version))
      throw trafficProblems.customer_key_not_found('There is no such version of the key.');
    await this.customers.destroyKey(code, caller, Number(version));
  }

  @Post('customers/erase')
  @Scopes('traffic:write')
  @Problems('customers_not_pseudonymous')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'eraseCustomer',
    summary: 'Erase a customer: nothing says any more whom its pseudonyms stand for',
    description:
      'Records, sums, statements, hashes and proofs stay as they are. What was reported before pseudonyms were ' +
      'switched on keeps the reference. Erasing twice changes nothing, so no Idempotency-Key is needed. The reference ' +
      'is in the body, since paths end up in the logs of proxies.',
  })
  @ApiNoContentResponse()
  async erase(
    @Param('provider') code: string,
    @CurrentCaller() caller: Caller,
    @Body() { customer }: ErasureInput,
  ): Promise<void> {
    await this.customers.erase(code, caller, customer);
  }
}

function show({ version, createdAt, destroyedAt }: CustomerKeyRow): CustomerKeyView {
  return {
    version,
    createdAt: formatInstant(createdAt.getTime()),
    destroyedAt: destroyedAt && formatInstant(destroyedAt.getTime()),
  };
}
