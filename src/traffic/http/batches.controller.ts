import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiExtraModels,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiResponse,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentCaller, Scopes, type Caller, type ProviderCaller } from '../../access/index.js';
import {
  agreementProblems,
  AgreementsService,
  OfAgreement,
  sideOf,
  type Agreement,
} from '../../agreements/index.js';
import {
  AnswerHeaders,
  ApiIdempotencyKey,
  BodyLimit,
  Consumes,
  Etagged,
  findClaim,
  isIdValue,
  Limits,
  mediaTypeOf,
  page,
  PageQuery,
  Problems,
  readCursor,
  ReadsStreams,
} from '../../platform/http/index.js';
import { SigningService } from '../../platform/signing/index.js';
import { IngestService } from '../ingest.service.js';
import type { BodyFormat } from '../intake/plan.js';
import type { BatchRow } from '../sql/batch-row.js';
import { trafficProblems } from '../traffic.errors.js';
import { TrafficService } from '../traffic.service.js';
import {
  BatchInput,
  BatchQuery,
  CloudEventInput,
  ReceiptPage,
  ReceiptView,
  showReceipt,
} from './batches.dto.js';

/** The formats of bodies by their media types. */
const FORMATS: Record<string, BodyFormat> = {
  'application/json': 'json',
  'application/cloudevents-batch+json': 'cloudevents',
  'application/x-ndjson': 'ndjson',
  'text/csv': 'csv',
};

/** What a batch may look like; `@ApiBody` has one schema for all types. */
const BATCH_BODY = {
  required: true,
  content: {
    'application/json': { schema: { $ref: getSchemaPath(BatchInput) } },
    'application/cloudevents-batch+json': {
      schema: { type: 'array', minItems: 1, items: { $ref: getSchemaPath(CloudEventInput) } },
    },
    'application/x-ndjson': {
      schema: { type: 'string', description: 'One JSON object of TrafficRecordInput a line' },
      example:
        '{"id":"a-1","direction":"egress","start":"2026-10-01T00:00:00Z","end":"2026-10-01T01:00:00Z","bytes":"1000"}\n',
    },
    'text/csv': {
      schema: {
        type: 'string',
        description:
          'RFC 4180, with a header row that names members of TrafficRecordInput; an empty cell is an absent member',
      },
      example:
        'id,direction,start,end,bytes,customer\r\n' +
        'a-1,egress,2026-10-01T00:00:00Z,2026-10-01T01:00:00Z,1000,shop-17\r\n',
    },
  },
};

@ApiTags('traffic')
@OfAgreement()
@Problems('not_a_party')
@Controller('v1/agreements/:agreement/batches')
export class BatchesController {
  constructor(
    private readonly agreements: AgreementsService,
    private readonly ingest: IngestService,
    private readonly signing: SigningService,
    private readonly traffic: TrafficService,
  ) {}

  @Post()
  @Scopes('traffic:write')
  @Consumes(...Object.keys(FORMATS))
  @ReadsStreams()
  @BodyLimit('batch')
  @ApiExtraModels(BatchInput, CloudEventInput)
  @ApiIdempotencyKey({
    required: false,
    description: 'Records are told apart by their ids anyway; with it the same receipt comes back',
  })
  @Limits({ json_records: 10_000, stream_records: 1_000_000, record_bytes: 65_536 })
  @Problems('batch_refused', 'invalid_batch', 'too_many_records', 'record_too_large')
  @Problems(
    'agreement_changed',
    'batch_stalled',
    'too_many_batches',
    'ingest_busy',
    'customer_keys_unavailable',
  )
  @ApiOperation({
    operationId: 'submitBatch',
    summary: 'Report traffic',
    description: 'JSON, or a stream with one record a line. The answer comes after the records are durable.',
    requestBody: BATCH_BODY,
  })
  @ApiCreatedResponse({ type: ReceiptView, description: 'Every record was taken' })
  @ApiResponse({
    status: 207,
    type: ReceiptView,
    description: 'Some records of a partial batch were rejected',
  })
  @AnswerHeaders(201, 'Location', 'Idempotent-Replayed')
  @AnswerHeaders(207, 'Location', 'Idempotent-Replayed')
  async submit(
    @CurrentCaller() caller: Caller,
    @Param('agreement') code: string,
    @Query() { mode }: BatchQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReceiptView> {
    const { agreement, reporter } = await this.reporterOf(caller, code);
    const claim = findClaim(request);
    const { batch, replayed } = await this.ingest.ingest({
      agreement,
      reporterId: reporter.providerId,
      side: sideOf(agreement, reporter.providerId)!,
      mode,
      idempotencyKey: claim ? keyOf(claim.key, request) : null,
      format: FORMATS[mediaTypeOf(request.headers['content-type'])]!,
      body: bodyOf(request),
    });
    reply.status(batch.rejected > 0 ? 207 : 201);
    reply.header('Location', `/v1/agreements/${agreement.code}/batches/${batch.id}`);
    if (replayed) reply.header('Idempotent-Replayed', 'true');
    return this.receipt(agreement.code, reporter.providerCode, batch);
  }

  @Get()
  @Scopes('traffic:read')
  @ApiOperation({ operationId: 'listBatches', summary: 'The caller’s own receipts, latest first' })
  @ApiOkResponse({ type: ReceiptPage })
  async list(
    @CurrentCaller() caller: Caller,
    @Param('agreement') code: string,
    @Query() { cursor, limit }: PageQuery,
  ): Promise<ReceiptPage> {
    const { agreement, reporter } = await this.reporterOf(caller, code);
    const [before] = readCursor<[string]>(cursor, [isIdValue]) ?? [null];
    const rows = await this.traffic.batches(agreement, reporter.providerId, before, limit + 1);
    const batches = page(rows, limit, ({ id }) => [id]);
    const data = await Promise.all(
      batches.data.map((batch) => this.receipt(agreement.code, reporter.providerCode, batch)),
    );
    return { ...batches, data };
  }

  @Get(':id')
  @Scopes('traffic:read')
  @Etagged()
  @ApiParam({ name: 'id', description: 'Id of the batch', example: '019a7d3c-5e80-7000-8000-000000000001' })
  @Problems('batch_not_found')
  @ApiOperation({ operationId: 'getBatch', summary: 'One of the caller’s own receipts' })
  @ApiOkResponse({ type: ReceiptView })
  async get(
    @CurrentCaller() caller: Caller,
    @Param('agreement') code: string,
    @Param('id') id: string,
  ): Promise<ReceiptView> {
    const { agreement, reporter } = await this.reporterOf(caller, code);
    return this.receipt(
      agreement.code,
      reporter.providerCode,
      await this.traffic.batch(agreement, reporter.providerId, id),
    );
  }

  private async receipt(agreement: string, reporter: string, batch: BatchRow): Promise<ReceiptView> {
    const receipt = showReceipt(agreement, reporter, batch);
    return { ...receipt, signature: await this.signing.sign(receipt) };
  }

  private async reporterOf(
    caller: Caller,
    code: string,
  ): Promise<{ agreement: Agreement; reporter: ProviderCaller }> {
    const agreement = await this.agreements.find(caller, code);
    if (caller.kind === 'provider') return { agreement, reporter: caller };
    throw agreementProblems.not_a_party(
      'Traffic belongs to the party that reports it; use a key of that party.',
    );
  }
}

/** The mode is part of what a key stands for, as the query is on every other route. */
function keyOf(key: string, request: FastifyRequest): string {
  const query = request.url.split('?')[1] ?? '';
  return createHash('sha256')
    .update(JSON.stringify([key, query]))
    .digest('hex');
}

function bodyOf({ body }: FastifyRequest): Readable {
  if (typeof (body as Readable | undefined)?.pipe === 'function') return body as Readable;
  throw trafficProblems.invalid_batch('The request has no body; send records.');
}
