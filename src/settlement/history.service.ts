import { Injectable } from '@nestjs/common';
import type { Agreement } from '../agreements/index.js';
import { DISPUTE_STEP, LedgerService, type PostedChange, type PostedSource } from '../ledger/index.js';
import type { Queryable } from '../platform/database/index.js';
import type { DocumentDifference } from './rules/document-differences.js';
import {
  faultsOfDisputeStep,
  faultsOfPayment,
  type DisputeEvent,
  type PaymentEvent,
} from './rules/history-faults.js';

/** A stretch of an agreement's clock: after one figure, up to another. */
export interface ClockSpan {
  after: bigint;
  upTo: bigint;
}

/** Tells which payments were confirmed or taken back in a stretch of the clock; a room above knows. */
export type PaymentsSource = (
  db: Queryable,
  agreement: Agreement,
  span: ClockSpan,
) => Promise<PaymentEvent[]>;

/** Tells what happened in disputes in a stretch of the clock, and where their record contradicts itself. */
export type DisputesSource = (
  db: Queryable,
  agreement: Agreement,
  span: ClockSpan,
) => Promise<{ steps: DisputeEvent[]; faults: DocumentDifference[] }>;

/** What happened between two statements, and where the books, or the record itself, say otherwise. */
export interface History {
  /** Minor units, positive where A paid B. */
  paidByA: bigint;
  faults: DocumentDifference[];
}

/** Payments and disputes as they are on record, held against what the books took of them. */
@Injectable()
export class HistoryService {
  private payments: PaymentsSource = () => Promise.resolve([]);
  private disputes: DisputesSource = () => Promise.resolve({ steps: [], faults: [] });

  constructor(private readonly ledger: LedgerService) {}

  /** Connects the room that knows payments; without it there are none. */
  providePayments(source: PaymentsSource): void {
    this.payments = source;
  }

  /** Connects the room that knows disputes; without it there are none. */
  provideDisputes(source: DisputesSource): void {
    this.disputes = source;
  }

  /** What was paid and disputed in a stretch of the clock. Inside a snapshot. */
  async between(db: Queryable, agreement: Agreement, span: ClockSpan): Promise<History> {
    const { currency } = agreement;
    const payments = await this.payments(db, agreement, span);
    const { steps, faults } = await this.disputes(db, agreement, span);
    const stepSource = ({ id }: DisputeEvent): PostedSource => ({ sourceKind: DISPUTE_STEP, sourceId: id });
    const taken = await this.taken(agreement, [...payments, ...steps.map(stepSource)]);
    return {
      paidByA: payments.reduce((sum, { paidByA }) => sum + paidByA, 0n),
      faults: [
        ...payments.flatMap((payment) => faultsOfPayment(payment, taken(payment), currency)),
        ...faults,
        ...steps.flatMap((step) => faultsOfDisputeStep(step, taken(stepSource(step)), currency)),
      ],
    };
  }

  /** Tells what a book, A's unless another is named, took of source documents. */
  async taken(
    agreement: Agreement,
    sources: readonly PostedSource[],
  ): Promise<(source: PostedSource, bookId?: string) => PostedChange | undefined> {
    const key = ({ sourceKind, sourceId }: PostedSource, bookId: string): string =>
      `${sourceKind} ${sourceId} ${bookId}`;
    const changes = await this.ledger.posted(agreement.id, sources);
    const bySource = new Map(changes.map((change) => [key(change, change.bookId), change]));
    return (source, bookId = agreement.partyA.id) => bySource.get(key(source, bookId));
  }
}
