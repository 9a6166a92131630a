import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Agreement } from '../agreements/index.js';
import type { Queryable } from '../platform/database/index.js';
import {
  HistoryService,
  type ClockSpan,
  type DisputeEvent,
  type DocumentDifference,
} from '../settlement/index.js';
import { faultsInRecord, faultsOfOutcome, pointerOf, type RecordedStep } from './rules/record-faults.js';
import { listOutcomes } from './sql/list-outcomes.js';
import { listRecordedSteps } from './sql/list-recorded-steps.js';

/** Tells verification what happened in disputes, and where their record contradicts itself. */
@Injectable()
export class DisputeHistory implements OnModuleInit {
  constructor(private readonly history: HistoryService) {}

  onModuleInit(): void {
    this.history.provideDisputes(historyOf);
  }
}

async function historyOf(
  db: Queryable,
  { id: agreementId }: Agreement,
  span: ClockSpan,
): Promise<{ steps: DisputeEvent[]; faults: DocumentDifference[] }> {
  const records = byDispute(await listRecordedSteps(db, agreementId, span));
  const outcomes = byDispute(await listOutcomes(db, agreementId, span));
  const steps: DisputeEvent[] = [];
  const faults: DocumentDifference[] = [];
  for (const disputeId of new Set([...records.keys(), ...outcomes.keys()])) {
    const pointer = `/disputes/${disputeId}`;
    const record = records.get(disputeId) ?? [];
    const taken = record.filter(({ recorded }) => recorded > span.after);
    steps.push(...taken.map((step) => eventOf(pointer, step)));
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
