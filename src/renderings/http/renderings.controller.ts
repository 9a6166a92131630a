import { applyDecorators, Controller, Get, Param, Req, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiExtraModels,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentCaller, Scopes, type Caller } from '../../access/index.js';
import { JobView, showJob } from '../../jobs/index.js';
import { AnswerHeaders, ApiIfNoneMatch, Problems } from '../../platform/http/index.js';
import { IssuedStatementView, OfStatement } from '../../settlement/index.js';
import { FORMATS, formatOf, type Kind } from '../formats/formats.js';
import { RenderingStore } from '../rendering-store.js';
import { FOCUS_COLUMNS } from '../rules/focus-rows.js';
import { RenderingsService } from '../renderings.service.js';
import { sendRendering } from './send-rendering.js';

const FOCUS_EXAMPLE = {
  BillingCurrency: 'USD',
  BillingPeriodStart: '2026-10-01T00:00:00Z',
  BillingPeriodEnd: '2026-11-01T00:00:00Z',
};

const BINARY = { schema: { type: 'string', format: 'binary' } };

/** What downloads that are texts look like. */
const BODIES: Partial<Record<Kind, object>> = {
  json: { schema: { $ref: getSchemaPath(IssuedStatementView) } },
  csv: text(
    'number,agreement,period,id,kind,direction,version,tier,bytes,quantity,unit,unitPrice,amount,payer,payee,currency,' +
      'originalPeriod,cause,reference\r\n' +
      'alpha-beta-0001,alpha-beta,2026-10,019a7d3c-5e80-7000-8000-000000000001,usage,bToA,1,,5000000000000,5000,GB,' +
      '0.02,100.00,beta,alpha,USD,,,\r\n',
  ),
  focus: focusText({
    ...FOCUS_EXAMPLE,
    BilledCost: '100.00',
    BillingAccountId: 'beta',
    ChargeCategory: 'Usage',
  }),
  creditsCsv: text(
    'id,provider,customer,direction,side,bytes,unit,unitPrice,priceFrom,region,amount,currency,state,period,' +
      'refersTo\r\n019a7d3c-5e80-7000-8000-000000000001,alpha,shop-17,aToB,egress,10000000000000,GB,0.22,' +
      '2026-01-01T00:00:00Z,,2200.00,USD,credited,2026-10,\r\n',
  ),
  creditsFocus: focusText({
    ...FOCUS_EXAMPLE,
    ...{ BilledCost: '-2200.00', BillingAccountId: 'shop-17', ChargeCategory: 'Credit' },
  }),
  ubl: text('<?xml version="1.0" encoding="UTF-8"?>\n<Invoice>...</Invoice>\n'),
  journal: text(
    '2026-11-06 * (alpha-beta-0001) Settled traffic bToA\n' +
      '    expenses:settlement:alpha:alpha-beta  USD 100.00\n' +
      '    liabilities:payable:alpha:alpha-beta  USD -100.00\n',
  ),
  reversal: text(
    '2026-11-09 * (alpha-beta-0001) Void: Settled traffic bToA\n' +
      '    liabilities:payable:alpha:alpha-beta  USD 100.00\n' +
      '    expenses:settlement:alpha:alpha-beta  USD -100.00\n',
  ),
  reversalCsv: text(
    'external_id,date,document,agreement,period,counterparty,account,debit,credit,currency,description\r\n' +
      '019a7d3c-5e80-7000-8000-000000000001/line-0/void/debit,2026-11-09,alpha-beta-0001,alpha-beta,2026-10,alpha,' +
      'payable,100.00,,USD,Void: Settled traffic bToA\r\n',
  ),
  journalCsv: text(
    'external_id,date,document,agreement,period,counterparty,account,debit,credit,currency,description\r\n' +
      '019a7d3c-5e80-7000-8000-000000000001/line-0/debit,2026-11-06,alpha-beta-0001,alpha-beta,2026-10,alpha,' +
      'settlement_cost,100.00,,USD,Settled traffic bToA\r\n',
  ),
};

function text(example: string): object {
  return { schema: { type: 'string' }, example };
}

/** All columns, of which an example fills some. */
function focusText(filled: Partial<Record<(typeof FOCUS_COLUMNS)[number], string>>): object {
  return text(
    `${FOCUS_COLUMNS.join(',')}\r\n${FOCUS_COLUMNS.map((name) => filled[name] ?? '').join(',')}\r\n`,
  );
}

/** A download of a rendering, with all that its documentation says. */
function Download(kind: Kind, operationId: string, summary: string): MethodDecorator {
  const { extension, mediaType, label, grows } = formatOf(kind);
  const type = mediaType.split(';')[0]!;
  const isBinary = !/^(text|application\/(json|xml))/.test(type);
  return applyDecorators(
    // An id has no dot: without that, `.csv` would take what asks for `.journal.csv`.
    Get(label ? `:statement/${label}.${extension}` : `:statement(^[^.]+).${extension}`),
    Scopes('statements:read'),
    ApiOperation({ operationId, summary }),
    ApiIfNoneMatch(),
    OfStatement(),
    Problems('not_a_party', 'rendering_not_found'),
    ApiExtraModels(IssuedStatementView),
    ApiOkResponse({
      description: 'The stored bytes, with a strong `ETag` and their `Repr-Digest` (RFC 9530)',
      content: {
        [type]: isBinary ? BINARY : (BODIES[kind] ?? { schema: { type: 'string' } }),
      },
    }),
    AnswerHeaders(200, 'Content-Disposition', 'Repr-Digest'),
    ...(grows
      ? [
          ApiAcceptedResponse({
            type: JobView,
            description: 'It takes long: a job makes it, named by `Location`',
          }),
          AnswerHeaders(202, 'Location', 'Retry-After'),
        ]
      : []),
  );
}

/** Downloads of issued statements, byte for byte as they were stored. */
@ApiTags('statements')
@Controller('v1/statements')
export class RenderingsController {
  constructor(
    private readonly renderings: RenderingsService,
    private readonly store: RenderingStore,
  ) {}

  @Download('json', 'downloadStatementJson', 'A statement as canonical JSON (RFC 8785)')
  async json(
    @CurrentCaller() caller: Caller,
    @Param('statement') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.send('json', caller, id, request, reply);
  }

  @Download('csv', 'downloadStatementCsv', 'A statement’s lines as CSV')
  async csv(
    @CurrentCaller() caller: Caller,
    @Param('statement') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.send('csv', caller, id, request, reply);
  }

  @Download('focus', 'downloadStatementFocus', 'A statement’s lines as FOCUS 1.2 charges of who pays them')
  async focus(
    @CurrentCaller() caller: Caller,
    @Param('statement') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.send('focus', caller, id, request, reply);
  }

  @Download(
    'ubl',
    'downloadStatementUbl',
    'A statement in UBL 2.1 with the structure of Peppol BIS Billing 3',
  )
  async ubl(
    @CurrentCaller() caller: Caller,
    @Param('statement') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.send('ubl', caller, id, request, reply);
  }

  @Download('pdf', 'downloadStatementPdf', 'The caller’s copy of a statement, set for reading and filing')
  async pdf(
    @CurrentCaller() caller: Caller,
    @Param('statement') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.send('pdf', caller, id, request, reply);
  }

  @Download('xlsx', 'downloadStatementXlsx', 'The caller’s copy of a statement as a workbook')
  async xlsx(
    @CurrentCaller() caller: Caller,
    @Param('statement') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.send('xlsx', caller, id, request, reply);
  }

  @Download('journalCsv', 'downloadJournalCsv', 'What the caller books, as debits and credits in CSV')
  async journalCsv(
    @CurrentCaller() caller: Caller,
    @Param('statement') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.send('journalCsv', caller, id, request, reply);
  }

  @Download('journal', 'downloadJournal', 'What the caller books, as plain-text accounting (hledger)')
  async journal(
    @CurrentCaller() caller: Caller,
    @Param('statement') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.send('journal', caller, id, request, reply);
  }

  @Download('reversalCsv', 'downloadReversalCsv', 'What the caller books when a statement is void, in CSV')
  @Problems('statement_not_void')
  async reversalCsv(
    @CurrentCaller() caller: Caller,
    @Param('statement') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.send('reversalCsv', caller, id, request, reply);
  }

  @Download('reversal', 'downloadReversal', 'What the caller books when a statement is void (hledger)')
  @Problems('statement_not_void')
  async reversal(
    @CurrentCaller() caller: Caller,
    @Param('statement') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.send('reversal', caller, id, request, reply);
  }

  @Download('creditsCsv', 'downloadCreditsCsv', 'The caller’s credits as CSV')
  async creditsCsv(
    @CurrentCaller() caller: Caller,
    @Param('statement') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.send('creditsCsv', caller, id, request, reply);
  }

  /** Each row takes its amount off what the customer is billed. What has no price yet is no row. */
  @Download(
    'creditsFocus',
    'downloadCreditsFocus',
    'The caller’s credits as FOCUS 1.2 charges of its customers',
  )
  async creditsFocus(
    @CurrentCaller() caller: Caller,
    @Param('statement') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.send('creditsFocus', caller, id, request, reply);
  }

  @Download('creditsXlsx', 'downloadCreditsXlsx', 'The caller’s credits as a workbook')
  async creditsXlsx(
    @CurrentCaller() caller: Caller,
    @Param('statement') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.send('creditsXlsx', caller, id, request, reply);
  }

  private async send(
    kind: keyof typeof FORMATS,
    caller: Caller,
    id: string,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const obtained = await this.renderings.obtain(caller, id, kind);
    if ('job' in obtained) {
      const location = `/v1/jobs/${obtained.job.id}`;
      await reply
        .status(202)
        .header('Cache-Control', 'private, no-cache')
        .header('Location', location)
        .header('Retry-After', 1)
        .send(showJob(obtained.job));
      return;
    }
    await sendRendering({ request, reply }, this.store, obtained);
  }
}
