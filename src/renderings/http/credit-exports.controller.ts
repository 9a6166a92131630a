import { Controller, Get, Param, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentCaller, Scopes, type Caller } from '../../access/index.js';
import { CreditExportsService, type CreditExport } from '../credit-exports.service.js';
import { contentDisposition } from '../rules/file-name.js';
import { ApiCsv, Problems } from '../../platform/http/index.js';
import { OfStatement } from '../../settlement/index.js';

/** A provider's credits for its billing system, sent as they are read. */
@ApiTags('statements')
@OfStatement()
@Problems('not_a_party')
@Controller('v1/statements/:statement')
export class CreditExportsController {
  constructor(private readonly credits: CreditExportsService) {}

  @Get('credits.csv')
  @Scopes('statements:read')
  @ApiOperation({ operationId: 'downloadCreditsCsv', summary: 'The caller’s credits as CSV' })
  @ApiCsv(
    'id,provider,customer,direction,side,bytes,unit,unitPrice,priceFrom,region,amount,currency,state,period,refersTo',
    '019a7d3c-5e80-7000-8000-000000000001,alpha,shop-17,aToB,egress,10000000000000,GB,0.22,2026-01-01T00:00:00Z,,' +
      '2200.00,USD,credited,2026-10,',
  )
  async csv(
    @CurrentCaller() caller: Caller,
    @Param('statement') id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await send(reply, await this.credits.csv(caller, id));
  }

  @Get('credits.focus.csv')
  @Scopes('statements:read')
  @ApiOperation({
    operationId: 'downloadCreditsFocus',
    summary: 'The caller’s credits as FOCUS 1.2 charges of its customers',
    description:
      'Each row takes its amount off what the customer is billed. What has no price yet is no row.',
  })
  @ApiCsv('BilledCost,BillingAccountId,BillingCurrency,ChargeCategory', '-2200.00,shop-17,USD,Credit')
  async focus(
    @CurrentCaller() caller: Caller,
    @Param('statement') id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await send(reply, await this.credits.focus(caller, id));
  }
}

async function send(reply: FastifyReply, { name, content }: CreditExport): Promise<void> {
  await reply
    .header('Content-Type', 'text/csv; charset=utf-8; header=present')
    .header('Content-Disposition', contentDisposition(name))
    .header('Cache-Control', 'private, no-cache')
    .send(content);
}
