import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Agreement } from '../agreements/index.js';
import type { Queryable } from '../platform/database/index.js';
import {
  HistoryService,
  type ClockSpan,
  type DisputeEvent,
  type DocumentDifference,
} from '../settlement/index.js';
import { DisputeLog } from './dispute-log.service.js';
import { faultsInRecord, faultsOfOutcome, pointerOf, type RecordedStep } from './rules/record-faults.js';
import { listOutcomes } from './sql/list-outcomes.js';
import { listRecordedSteps } from './sql/list-recorded-steps.js';

/** Tells verification what happened in disputes, and where their record contradicts itself. */
@Injectable()
export class DisputeHistory implements OnModuleInit {
  constructor(
    private readonly history: HistoryService,
    private readonly log: DisputeLog,
  ) {}

  onModuleInit(): void {
    this.history.provideDisputes(async (db, agreement, span) => {
      const { steps, faults } = await historyOf(db, agreement, span);
      const rewritten = await this.faultsOfLog(db, agreement, steps);
      return { steps, faults: [...faults, ...rewritten] };
    });
  }

  /** Where steps are not what the audit log has of them. */
  private async faultsOfLog(
    db: Queryable,
    agreement: Agreement,
    taken: readonly (DisputeEvent & { disputeId: string })[],
  ): Promise<DocumentDifference[]> {
    const pointers = new Map(taken.map(({ id, pointer }) => [id, pointer]));
    const logged = await this.log.read(db, agreement, [...new Set(taken.map(({ disputeId }) => disputeId))]);
    return logged.flatMap(({ faults }) =>
      faults.flatMap(({ id, stored, logged: known }) => {
        const pointer = pointers.get(id);
        return pointer === undefined ? [] : [{ pointer: `${pointer}/sha256`, stored, recomputed: known }];
      }),
    );
  }
}

async function historyOf(
  db: Queryable,
  { id: agreementId }: Agreement,
  span: ClockSpan,
): Promise<{ steps: (DisputeEvent & { disputeId: string })[]; faults: DocumentDifference[] }> {
  const records = byDispute(await listRecordedSteps(db, agreementId, span));
  const outcomes = byDispute(await listOutcomes(db, agreementId, span));
  const steps: (DisputeEvent & { disputeId: string })[] = [];
  const faults: DocumentDifference[] = [];
  for (const disputeId of new Set([...records.keys(), ...outcomes.keys()])) {
    const pointer = `/disputes/${disputeId}`;
    const record = records.get(disputeId) ?? [];
    const taken = record.filter(({ recorded }) => recorded > span.after);
    steps.push(...taken.map((step) => ({ ...eventOf(pointer, step), disputeId })));
    faults.push(...faultsInRecord(pointer, record));
    const consent = taken.find(({ kind }) => kind === 'consent');
    faults.push(...faultsOfOutcome(pointer, consent, outcomes.get(disputeId) ?? []));
  }
  return { steps, faults };
}

function byDispute<Row extends { disputeId: string }>(rows: readonly Row[]): Map<string, Row[]> {
  const disputes = new Map<string, Row[]>();
  for (const row of rows) disputes.set(row.disputeId, [...(disputes.get(row.disputeId) ?? []), row]);
  return disputes;
}

function eventOf(pointer: string, step: RecordedStep): DisputeEvent {
  const { id, takenAt, withheldBefore, withheldAfter } = step;
  return { id, pointer: pointerOf(pointer, step), takenAt, withheldChange: withheldAfter - withheldBefore };
}
