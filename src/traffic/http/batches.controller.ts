import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiExtraModels,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiResponse,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentCaller, Scopes, type Caller, type ProviderCaller } from '../../access/index.js';
import { agreementProblems, AgreementsService, sideOf, type Agreement } from '../../agreements/index.js';
import { Config } from '../../platform/config/index.js';
import {
  BodyLimit,
  Consumes,
  Etagged,
  findClaim,
  page,
  PageQuery,
  readCursor,
} from '../../platform/http/index.js';
import { isId } from '../../platform/ids/index.js';
import { SigningService } from '../../platform/signing/index.js';
import { IngestService, type BatchSource } from '../ingest.service.js';
import type { BatchRow } from '../sql/batch-row.js';
import { trafficProblems } from '../traffic.errors.js';
import { TrafficService } from '../traffic.service.js';
import { jsonSource, ndjsonSource } from './batch-sources.js';
import { BatchInput, BatchQuery, ReceiptPage, ReceiptView, showReceipt } from './batches.dto.js';

const NDJSON = 'application/x-ndjson';

@ApiTags('traffic')
@Controller('v1/agreements/:agreement/batches')
export class BatchesController {
  constructor(
    private readonly agreements: AgreementsService,
    private readonly config: Config,
    private readonly ingest: IngestService,
    private readonly signing: SigningService,
    private readonly traffic: TrafficService,
  ) {}

  @Post()
  @Scopes('traffic:write')
  @Consumes('application/json', NDJSON)
  @BodyLimit('batch')
  @ApiExtraModels(BatchInput)
  @ApiBody({ required: true, schema: { $ref: getSchemaPath(BatchInput) } })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    schema: { type: 'string', minLength: 1, maxLength: 255 },
    description: 'Records are told apart by their ids anyway; with it the same receipt comes back',
  })
  @ApiOperation({
    operationId: 'submitBatch',
    summary: 'Report traffic',
    description: 'JSON, or a stream with one record a line. The answer comes after the records are durable.',
  })
  @ApiCreatedResponse({ type: ReceiptView, description: 'Every record was taken' })
  @ApiResponse({
    status: 207,
    type: ReceiptView,
    description: 'Some records of a partial batch were rejected',
  })
  async submit(
    @CurrentCaller() caller: Caller,
    @Param('agreement') code: string,
    @Query() { mode }: BatchQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReceiptView> {
    const { agreement, reporter } = await this.reporterOf(caller, code);
    const claim = findClaim(request);
    const { batch, replayed } = await this.ingest.ingest(
      {
        agreement,
        reporterId: reporter.providerId,
        side: sideOf(agreement, reporter.providerId)!,
        mode,
        idempotencyKey: claim ? keyOf(claim.key, request) : null,
      },
      this.sourceOf(request),
    );
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
    const [before] = readCursor<[string]>(cursor, [(id) => typeof id === 'string' && isId(id)]) ?? [null];
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
  @ApiOperation({ operationId: 'getBatch', summary: 'One of the caller’s own receipts' })
  @ApiOkResponse({ type: ReceiptView })
  async get(
    @CurrentCaller() caller: Caller,
    @Param('agreement') code: string,
    @Param('id') id: string,
  ): Promise<ReceiptView> {
    const { agreement, reporter } = await this.reporterOf(caller, code);
    if (!isId(id)) throw trafficProblems.batch_not_found('There is no such batch.');
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

  private sourceOf(request: FastifyRequest): BatchSource {
    if (request.rawBody) return jsonSource(request.rawBody, request.body, this.config.JSON_BATCH_MAX_RECORDS);
    if (isStream(request.body)) {
      return ndjsonSource(request.body, {
        records: this.config.STREAM_MAX_RECORDS,
        record_bytes: this.config.RECORD_MAX_BYTES,
        timeout_ms: this.config.STREAM_TIMEOUT_S * 1000,
      });
    }
    throw trafficProblems.invalid_batch('The request has no body; send records.');
  }
}

/** The mode is part of what a key stands for, as the query is on every other route. */
function keyOf(key: string, request: FastifyRequest): string {
  const query = request.url.split('?')[1] ?? '';
  return createHash('sha256')
    .update(JSON.stringify([key, query]))
    .digest('hex');
}

function isStream(body: unknown): body is Readable {
  return typeof (body as Readable | undefined)?.pipe === 'function';
}
