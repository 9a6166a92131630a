import { Injectable } from '@nestjs/common';
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
import { Database, type Transaction } from '../platform/database/index.js';
import { httpProblems } from '../platform/http/index.js';
import { newId } from '../platform/ids/index.js';
import { ProvidersService } from '../providers/index.js';
import { BatchIntake, type SubmittedRecord } from './batch-intake.js';
import { BatchSlots } from './batch-slots.js';
import { PeriodTable } from './period-table.js';
import type { BatchRow } from './sql/batch-row.js';
import { addUsage } from './add-usage.js';
import { findBatchByKey } from './sql/find-batch-by-key.js';
import { findBatch } from './sql/find-batch.js';
import { insertBatch } from './sql/insert-batch.js';
import { listClosedPeriods } from './sql/list-closed-periods.js';
import { lockReporter } from './sql/lock-reporter.js';
import { trafficProblems } from './traffic.errors.js';

/** A batch on its way in. */
export interface BatchSource {
  /** Records in the order sent, a few thousand at a time. */
  chunks: AsyncIterable<readonly SubmittedRecord[]>;
  /** SHA-256 of the inflated body in hex; known once `chunks` is read to its end. */
  sha256: () => string;
}

export interface BatchRequest {
  agreement: Agreement;
  reporterId: string;
  side: Side;
  mode: 'atomic' | 'partial';
  idempotencyKey: string | null;
}

export interface BatchResult {
  batch: BatchRow;
  errorCount: number;
  /** Whether the receipt is that of an earlier request with the same idempotency key. */
  replayed: boolean;
}

const SLOT_WAIT_MS = 30_000;

/** Writes batches of records: all of a batch becomes durable in one transaction, with its sums, or nothing. */
@Injectable()
export class IngestService {
  private readonly slots: BatchSlots;

  constructor(
    private readonly database: Database,
    private readonly agreements: AgreementsService,
    private readonly providers: ProvidersService,
    config: Config,
  ) {
    this.slots = new BatchSlots(config.STREAM_CONCURRENCY, SLOT_WAIT_MS);
  }

  /**
   * Takes a batch and gives its receipt once it is durable. Throws `batch_refused` with the errors when the
   * mode is atomic and a record cannot be taken, `agreement_changed` when terms, prices or barred periods
   * changed while the batch was read: sending it again is safe, records are told apart by their ids.
   */
  async ingest(request: BatchRequest, source: BatchSource): Promise<BatchResult> {
    const { agreement, reporterId } = request;
    return this.slots.run(`${agreement.id} ${reporterId}`, () =>
      this.database.transaction(async (tx) => {
        await lockReporter(tx, agreement.id, reporterId);
        const earlier = request.idempotencyKey
          ? await findBatchByKey(tx, agreement.id, reporterId, request.idempotencyKey)
          : undefined;
        return earlier ? replay(earlier, source) : this.takeIn(tx, request, source);
      }),
    );
  }

  private async takeIn(tx: Transaction, request: BatchRequest, source: BatchSource): Promise<BatchResult> {
    const { reporterId } = request;
    const termsEpoch = await readTermsEpoch(tx, request.agreement.id);
    // Read again: it may have been suspended or ended while the batch waited for its turn.
    const agreement = await this.agreements.findById(tx, request.agreement.id);
    const versions = await this.agreements.versionsInForce(tx, agreement.id);
    const now = Date.now();
    const listBarred = async (): Promise<string[]> =>
      barredPeriods(await listClosedPeriods(tx, agreement.id), versions, agreement.timezone, now);
    const barred = await listBarred();
    const batchId = newId();
    const intake = new BatchIntake(tx, {
      agreementId: agreement.id,
      reporterId,
      batchId,
      side: request.side,
      prices: await this.providers.listPrices(tx, reporterId),
      periods: new PeriodTable(agreement.timezone, versions, new Set(barred), agreement.lastPeriod),
      suspensions: suspensionsOf(agreement),
      now,
      atomic: request.mode === 'atomic',
    });
    for await (const chunk of source.chunks) await intake.take(chunk);
    if (intake.refused) throw refusal(intake);

    const clock = await lockClock(tx, agreement.id);
    // An issue meanwhile makes the batch late, which is nothing to refuse, unless the period is too old for that.
    const barredChanged = (await listBarred()).join() !== barred.join();
    if (clock.termsEpoch !== termsEpoch || barredChanged) throw changedMeanwhile();
    await addUsage(tx, agreement.id, reporterId, intake.sums);
    await insertBatch(tx, {
      id: batchId,
      agreementId: agreement.id,
      reporterId,
      recorded: await advanceClock(tx, agreement.id),
      receivedAt: new Date(),
      mode: request.mode,
      ...intake.counts,
      totalBytes: intake.totalBytes.toString(),
      earliest: toDate(intake.earliest),
      latest: toDate(intake.latest),
      sha256: source.sha256(),
      errors: intake.errors,
      idempotencyKey: request.idempotencyKey,
    });
    const batch = (await findBatch(tx, agreement.id, reporterId, batchId))!;
    return { batch, errorCount: intake.errorCount, replayed: false };
  }
}

/** The receipt of an earlier request, once it is clear that this one carries the same body. */
async function replay(batch: BatchRow, source: BatchSource): Promise<BatchResult> {
  for await (const _ of source.chunks);
  if (source.sha256() !== batch.sha256) {
    throw httpProblems.idempotency_key_reused(
      'This Idempotency-Key came with another body before; use a new one.',
    );
  }
  return { batch, errorCount: batch.errors.length, replayed: true };
}

function refusal(intake: BatchIntake): Error {
  const { rejected, received } = intake.counts;
  return trafficProblems.batch_refused(
    `${rejected} of ${received} records cannot be taken; nothing is stored.`,
    {
      errors: intake.errors,
      errorCount: intake.errorCount,
    },
  );
}

function changedMeanwhile(): Error {
  return trafficProblems.agreement_changed(
    'Terms, prices or periods that take records changed while the batch was read; nothing is stored, send it again.',
    { retryAfter_s: 1 },
  );
}

function toDate(instant: number | null): Date | null {
  return instant === null ? null : new Date(instant);
}
