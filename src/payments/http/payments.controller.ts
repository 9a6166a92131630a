import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentCaller, Scopes, type Caller } from '../../access/index.js';
import { parseInstant } from '../../period/index.js';
import {
  AnswerHeaders,
  ApiIfMatch,
  Etagged,
  Idempotent,
  IfMatch,
  isIdValue,
  mapPage,
  OptionalBody,
  page,
  type Precondition,
  Problems,
  readCursor,
} from '../../platform/http/index.js';
import { PaymentsService } from '../payments.service.js';
import {
  PaymentPage,
  PaymentRequest,
  PaymentsQuery,
  PaymentView,
  ReversalInput,
  showPayment,
} from './payments.dto.js';

@ApiTags('payments')
@Controller('v1/payments')
export class PaymentsController {
  constructor(private readonly payments: PaymentsService) {}

  @Post()
  @Scopes('payments:write')
  @Idempotent()
  @Problems('unknown_agreement', 'not_the_payer')
  @ApiOperation({
    operationId: 'recordPayment',
    summary: 'Record a payment that was made',
    description: 'By its payer, or the operator. It counts once the payee or the operator confirms it.',
  })
  @ApiCreatedResponse({ type: PaymentView })
  @AnswerHeaders(201, 'Location')
  async record(
    @CurrentCaller() caller: Caller,
    @Body() { paidAt, statements = [], ...input }: PaymentRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PaymentView> {
    const payment = { ...input, statements, paidAt: parseInstant(paidAt) as number };
    const recorded = await this.payments.record(caller, payment, Date.now());
    reply.header('Location', `/v1/payments/${recorded.id}`);
    return showPayment(recorded);
  }

  @Get()
  @Scopes('balances:read')
  @ApiOperation({ operationId: 'listPayments', summary: 'Payments made or received, latest first' })
  @ApiOkResponse({ type: PaymentPage })
  async list(@CurrentCaller() caller: Caller, @Query() query: PaymentsQuery): Promise<PaymentPage> {
    const [before] = readCursor<[string]>(query.cursor, [isIdValue]) ?? [null];
    const filter = {
      agreement: query.agreement ?? null,
      payer: query.payer ?? null,
      state: query.state ?? null,
    };
    const rows = await this.payments.list(caller, filter, before, query.limit + 1);
    return mapPage(
      page(rows, query.limit, ({ id }) => [id]),
      showPayment,
    );
  }

  @Get(':payment')
  @Scopes('balances:read')
  @Etagged()
  @ApiParam({
    name: 'payment',
    description: 'Id of the payment',
    example: '019a7d3c-5e80-7000-8000-000000000001',
  })
  @Problems('payment_not_found')
  @ApiOperation({ operationId: 'getPayment', summary: 'One payment as it stands' })
  @ApiOkResponse({ type: PaymentView })
  async get(@CurrentCaller() caller: Caller, @Param('payment') id: string): Promise<PaymentView> {
    return showPayment(await this.payments.find(caller, id));
  }

  @Post(':payment/confirm')
  @HttpCode(200)
  @Scopes('payments:write')
  @ApiIfMatch({ required: false })
  @ApiParam({
    name: 'payment',
    description: 'Id of the payment',
    example: '019a7d3c-5e80-7000-8000-000000000001',
  })
  @Problems('payment_not_found', 'payment_reversed', 'not_the_payee')
  @ApiOperation({
    operationId: 'confirmPayment',
    summary: 'Say that a payment arrived, which posts it',
    description:
      'By the payee or the operator. Confirming twice changes nothing, with whatever If-Match, so no Idempotency-Key is needed.',
  })
  @ApiOkResponse({ type: PaymentView })
  async confirm(
    @CurrentCaller() caller: Caller,
    @Param('payment') id: string,
    @IfMatch({ required: false }) precondition: Precondition,
  ): Promise<PaymentView> {
    const confirmed = await this.payments.take(caller, id, {
      step: 'confirm',
      at: Date.now(),
      reason: null,
      check: (seen) => precondition.check(showPayment(seen)),
    });
    return showPayment(confirmed);
  }

  @Post(':payment/reverse')
  @HttpCode(200)
  @Scopes('payments:write')
  @ApiIfMatch({ required: false })
  @ApiBody({ type: ReversalInput, required: false })
  @ApiParam({
    name: 'payment',
    description: 'Id of the payment',
    example: '019a7d3c-5e80-7000-8000-000000000001',
  })
  @Problems('payment_not_found', 'not_the_payee', 'not_the_payer')
  @ApiOperation({
    operationId: 'reversePayment',
    summary: 'Take a payment back',
    description:
      'A confirmed one by the payee or the operator: its postings are reversed, and statements that it ' +
      'settled are open again. One that nobody confirmed by the payer or the operator. Reversing twice changes ' +
      'nothing, with whatever If-Match, so no Idempotency-Key is needed.',
  })
  @ApiOkResponse({ type: PaymentView })
  async reverse(
    @CurrentCaller() caller: Caller,
    @Param('payment') id: string,
    @IfMatch({ required: false }) precondition: Precondition,
    @OptionalBody() { reason }: ReversalInput,
  ): Promise<PaymentView> {
    const reversed = await this.payments.take(caller, id, {
      step: 'reverse',
      at: Date.now(),
      reason: reason ?? null,
      check: (seen) => precondition.check(showPayment(seen)),
    });
    return showPayment(reversed);
  }
}
