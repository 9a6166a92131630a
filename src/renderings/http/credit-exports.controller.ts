import { applyDecorators, Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentCaller, Scopes, type Caller } from '../../access/index.js';
import { CREDITS_AT_ONCE_MAX } from '../formats/formats.js';
import { CreditExportsService, type CreditExport } from '../credit-exports.service.js';
import { RenderingStore } from '../rendering-store.js';
import { contentDisposition } from '../rules/file-name.js';
import { CSV_MEDIA_TYPE } from '../../platform/csv/index.js';
import { ApiCsv, ApiIfNoneMatch, Problems } from '../../platform/http/index.js';
import { OfStatement } from '../../settlement/index.js';
import { sendRendering } from './send-rendering.js';

/** How a list of credits is sent: with its hash, unless it is long. */
function CreditsDownload(header: string, row: string): MethodDecorator {
  return applyDecorators(
    ApiIfNoneMatch(),
    ApiCsv(header, row),
    ApiResponse({
      status: 304,
      description:
        'Not changed since the given ETag, which comes with a `Repr-Digest` (RFC 9530); more than ' +
        `${CREDITS_AT_ONCE_MAX} credits are sent as they are read, with neither`,
    }),
  );
}

/** A provider's credits for its billing system, sent as they are read. */
@ApiTags('statements')
@OfStatement()
@Problems('not_a_party')
@Controller('v1/statements/:statement')
export class CreditExportsController {
  constructor(
    private readonly credits: CreditExportsService,
    private readonly store: RenderingStore,
  ) {}

  @Get('credits.csv')
  @Scopes('statements:read')
  @ApiOperation({ operationId: 'downloadCreditsCsv', summary: 'The caller’s credits as CSV' })
  @CreditsDownload(
    'id,provider,customer,direction,side,bytes,unit,unitPrice,priceFrom,region,amount,currency,state,period,refersTo',
    '019a7d3c-5e80-7000-8000-000000000001,alpha,shop-17,aToB,egress,10000000000000,GB,0.22,2026-01-01T00:00:00Z,,' +
      '2200.00,USD,credited,2026-10,',
  )
  async csv(
    @CurrentCaller() caller: Caller,
    @Param('statement') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.send(request, reply, await this.credits.csv(caller, id));
  }

  @Get('credits.focus.csv')
  @Scopes('statements:read')
  @ApiOperation({
    operationId: 'downloadCreditsFocus',
    summary: 'The caller’s credits as FOCUS 1.2 charges of its customers',
    description:
      'Each row takes its amount off what the customer is billed. What has no price yet is no row.',
  })
  @CreditsDownload(
    'BilledCost,BillingAccountId,BillingCurrency,ChargeCategory',
    '-2200.00,shop-17,USD,Credit',
  )
  async focus(
    @CurrentCaller() caller: Caller,
    @Param('statement') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.send(request, reply, await this.credits.focus(caller, id));
  }

  private async send(request: FastifyRequest, reply: FastifyReply, found: CreditExport): Promise<void> {
    if ('rendering' in found) {
      await sendRendering({ request, reply }, this.store, { ...found, mediaType: CSV_MEDIA_TYPE });
      return;
    }
    await reply
      .header('Content-Type', CSV_MEDIA_TYPE)
      .header('Content-Disposition', contentDisposition(found.name))
      .header('Cache-Control', 'private, no-cache')
      .send(found.content);
  }
}
