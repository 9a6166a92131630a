import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { AuditService } from '../access/index.js';
import {
  advanceClock,
  AgreementsService,
  barredPeriods,
  lockClock,
  readTermsEpoch,
  suspensionsOf,
  type Agreement,
  type Side,
} from '../agreements/index.js';
import { Config } from '../platform/config/index.js';
import { StreamDatabase, type Transaction } from '../platform/database/index.js';
import { httpProblems } from '../platform/http/index.js';
import { newId } from '../platform/ids/index.js';
import { ProvidersService } from '../providers/index.js';
import { addUsage } from './add-usage.js';
import { CustomersService } from './customers.service.js';
import { BatchSlots } from './batch-slots.js';
import { ChunkStore } from './chunk-store.js';
import { BodyFeed, type FeedLimits } from './body-feed.js';
import { IntakeThread, type OpenBatch } from './intake-thread.js';
import type { IntakeResult } from './intake/batch-tally.js';
import type { BodyFormat, IntakePlan } from './intake/plan.js';
import type { BatchRow } from './sql/batch-row.js';
import { copyUsage } from './sql/copy-usage.js';
import { findBatchByKey } from './sql/find-batch-by-key.js';
import { findBatch } from './sql/find-batch.js';
import { insertBatch } from './sql/insert-batch.js';
import { listClosedPeriods } from './sql/list-closed-periods.js';
import { lockReporter } from './sql/lock-reporter.js';
import { nameBatch } from './sql/name-batch.js';
import { prepareUsage } from './sql/prepare-usage.js';
import { trafficProblems } from './traffic.errors.js';

/** A batch on its way in. */
export interface BatchRequest {
  agreement: Agreement;
  reporterId: string;
  side: Side;
  mode: 'atomic' | 'partial';
  idempotencyKey: string | null;
  format: BodyFormat;
  /** The inflated body. */
  body: Readable;
}

export interface BatchResult {
  batch: BatchRow;
  /** Whether the receipt is that of an earlier request with the same idempotency key. */
  replayed: boolean;
}

const SLOT_WAIT_MS = 30_000;
/** Clients fall behind by this much at most; by less where somebody waits for their place. */
const PATIENCE_MS = 10_000;
const CONTENDED_PATIENCE_MS = 2_000;

/** Writes batches of records: all of a batch becomes durable in one transaction, with its sums, or nothing. */
@Injectable()
export class IngestService {
  private readonly slots: BatchSlots;
  private readonly feedLimits: FeedLimits;

  constructor(
    private readonly database: StreamDatabase,
    private readonly agreements: AgreementsService,
    private readonly audit: AuditService,
    private readonly customers: CustomersService,
    private readonly providers: ProvidersService,
    private readonly thread: IntakeThread,
    private readonly config: Config,
  ) {
    this.slots = new BatchSlots({
      total: config.STREAM_CONCURRENCY,
      perReporter: config.STREAM_CONCURRENCY_PER_REPORTER,
      openTotal: config.STREAM_OPEN_MAX,
      openPerReporter: config.STREAM_OPEN_MAX_PER_REPORTER,
      wait_ms: SLOT_WAIT_MS,
    });
    this.feedLimits = {
      min_bytes_per_s: config.STREAM_MIN_BYTES_PER_S,
      patience_ms: PATIENCE_MS,
      contended_patience_ms: CONTENDED_PATIENCE_MS,
      timeout_ms: config.STREAM_TIMEOUT_S * 1_000,
    };
  }

  /**
   * Takes a batch and gives its receipt once it is durable. Throws `batch_refused` with the errors when the
   * mode is atomic and a record cannot be taken, `agreement_changed` when terms, prices or barred periods
   * changed while the batch was read: sending it again is safe, records are told apart by their ids.
   */
  async ingest(request: BatchRequest): Promise<BatchResult> {
    const { agreement, reporterId } = request;
    const tenant = { kind: 'party', providerId: reporterId, agreementId: agreement.id } as const;
    const feed = new BodyFeed(request.body, this.feedLimits, () => this.slots.isContended);
    try {
      return await this.slots.run(
        { agreement: agreement.id, reporter: reporterId },
        () => feed.arrive(),
        () => this.database.transactionFor(tenant, (tx) => this.takeIn(tx, request, feed)),
      );
    } finally {
      feed.close();
    }
  }

  private async takeIn(tx: Transaction, request: BatchRequest, feed: BodyFeed): Promise<BatchResult> {
    const { agreement, reporterId, idempotencyKey } = request;
    await lockReporter(tx, agreement.id, reporterId);
    const earlier =
      idempotencyKey === null
        ? undefined
        : await findBatchByKey(tx, agreement.id, reporterId, idempotencyKey);
    if (earlier) return replay(earlier, feed);

    const { plan, termsEpoch } = await this.planOf(tx, request);
    const references = new Map<string, string>();
    const result = await this.store(tx, plan, feed, references);
    if (request.mode === 'atomic' && result.counts.rejected > 0) throw refusal(result);

    const clock = await lockClock(tx, agreement.id);
    // An issue meanwhile makes the batch late, which is nothing to refuse, unless the period is too old for that.
    const barred = await listBarred(tx, plan);
    if (clock.termsEpoch !== termsEpoch || barred.join() !== plan.closed.join()) throw changedMeanwhile();
    if (references.size > 0) await this.customers.note(tx, reporterId, plan.customerKeys.at(-1)!, references);
    await addUsage(tx, agreement.id, reporterId);
    const recorded = await advanceClock(tx, agreement.id);
    const { mode } = request;
    await insertBatch(tx, { ...batchRow(plan, result), mode, recorded, idempotencyKey });
    const batch = (await findBatch(tx, agreement.id, reporterId, plan.batchId))!;
    this.recordBatch(tx, request, batch);
    return { batch, replayed: false };
  }

  /** One event a batch, however many records it has; it is the reporter's own. */
  private recordBatch(tx: Transaction, { agreement, side }: BatchRequest, batch: BatchRow): void {
    const { id, mode, received, created, superseded, duplicate, rejected, totalBytes, sha256 } = batch;
    this.audit.record(tx, {
      action: 'batch.submit',
      resource: { kind: 'batch', id },
      agreement: agreement.code,
      parties: [side === 'A' ? agreement.partyA : agreement.partyB],
      after: { mode, received, created, superseded, duplicate, rejected, totalBytes, sha256 },
    });
  }

  /** All that the batch is held to, as it stands now. */
  private async planOf(
    tx: Transaction,
    { agreement: asked, reporterId, side, format }: BatchRequest,
  ): Promise<{ plan: IntakePlan; termsEpoch: bigint }> {
    const termsEpoch = await readTermsEpoch(tx, asked.id);
    // Read again: it may have been suspended or ended while the batch waited for its turn.
    const agreement = await this.agreements.findById(tx, asked.id);
    const versions = await this.agreements.versionsInForce(tx, agreement.id);
    const { config } = this;
    const isStream = format === 'ndjson' || format === 'csv';
    const plan = {
      agreementId: agreement.id,
      reporterId,
      batchId: newId(),
      side,
      timezone: agreement.timezone,
      lastPeriod: agreement.lastPeriod,
      versions,
      closed: [],
      suspensions: suspensionsOf(agreement),
      prices: await this.providers.listPrices(tx, reporterId),
      customerKeys: await this.customers.keysOf(tx, { agreementId: agreement.id, reporterId, termsEpoch }),
      now: Date.now(),
      format,
      limits: {
        records: isStream ? config.STREAM_MAX_RECORDS : config.JSON_BATCH_MAX_RECORDS,
        record_bytes: config.RECORD_MAX_BYTES,
      },
    };
    return { plan: { ...plan, closed: await listBarred(tx, plan) }, termsEpoch };
  }

  /** Stores the records, copies in what they come to, and collects what their pseudonyms stand for. */
  private async store(
    tx: Transaction,
    plan: IntakePlan,
    feed: BodyFeed,
    references: Map<string, string>,
  ): Promise<IntakeResult> {
    await nameBatch(tx, plan.batchId);
    await prepareUsage(tx);
    const batch: OpenBatch = this.thread.read(plan);
    const store = new ChunkStore(tx, plan, batch);
    try {
      void feed.into(batch);
      for (;;) {
        const step = await batch.step();
        if (step.kind === 'done') return step.result;
        if (step.kind === 'usage') await copyUsage(tx, step.rows);
        else if (step.kind === 'customers')
          for (const [pseudonym, reference] of step.references) references.set(pseudonym, reference);
        else await store.store(step);
      }
    } finally {
      batch.close();
    }
  }
}

/** Periods that take nothing more at the time of the plan. */
async function listBarred(
  tx: Transaction,
  { agreementId, versions, timezone, now }: Pick<IntakePlan, 'agreementId' | 'versions' | 'timezone' | 'now'>,
): Promise<string[]> {
  return barredPeriods(await listClosedPeriods(tx, agreementId), versions, timezone, now);
}

/** The receipt of an earlier request, once it is clear that this one carries the same body. */
async function replay(batch: BatchRow, feed: BodyFeed): Promise<BatchResult> {
  if ((await feed.sha256()) === batch.sha256) return { batch, replayed: true };
  throw httpProblems.idempotency_key_reused(
    'This Idempotency-Key came with another body before; use a new one.',
  );
}

function batchRow(plan: IntakePlan, result: IntakeResult) {
  const { earliest, latest, counts, sha256, errors } = result;
  return {
    id: plan.batchId,
    agreementId: plan.agreementId,
    reporterId: plan.reporterId,
    receivedAt: new Date(),
    ...counts,
    totalBytes: result.totalBytes.toString(),
    earliest: earliest === null ? null : new Date(earliest),
    latest: latest === null ? null : new Date(latest),
    sha256,
    errors,
  };
}

function refusal({ counts, errors, errorCount }: IntakeResult): Error {
  return trafficProblems.batch_refused(
    `${counts.rejected} of ${counts.received} records cannot be taken; nothing is stored.`,
    { errors, errorCount },
  );
}

function changedMeanwhile(): Error {
  return trafficProblems.agreement_changed(
    'Terms, prices or periods that take records changed while the batch was read; nothing is stored, send it again.',
  );
}
