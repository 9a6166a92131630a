import type { Side } from '../../agreements/index.js';
import { formatInstant } from '../../period/index.js';
import type { DocumentDifference } from '../../settlement/rules/document-differences.js';
import { unequal } from '../../settlement/rules/history-faults.js';
import type { DisputeState } from './dispute-state.js';
import type { RecordedResolution } from './evidence.js';

/** A step as it is on record. */
export interface RecordedStep {
  position: number;
  /** Names the step's postings in the ledger. */
  id: string;
  kind: 'raise' | 'propose' | 'consent' | 'withdraw' | 'escalate' | 'time_bar';
  /** Null for the scheduler. */
  by: Side | null;
  takenAt: Date;
  /** The figure of the agreement's clock. */
  recorded: bigint;
  fromState: DisputeState | null;
  toState: DisputeState;
  /** Minor units, of all lines that the dispute contests, without sign. */
  withheldBefore: bigint;
  withheldAfter: bigint;
  resolution: RecordedResolution | null;
}

/** What a dispute came to: money, or bytes of a bucket. */
export interface Outcome {
  /** Minor units without sign; null of bytes. */
  amount: string | null;
  /** Null of money, like all that follows. */
  direction: string | null;
  start: Date | null;
  sourceRegion: string | null;
  destinationRegion: string | null;
  service: string | null;
  bytes: string | null;
}

/** What each step makes of a dispute; a proposal leaves an escalated one escalated. */
const LEADS_TO: Record<RecordedStep['kind'], DisputeState> = {
  raise: 'raised',
  propose: 'proposed',
  consent: 'resolved',
  withdraw: 'withdrawn',
  escalate: 'escalated',
  time_bar: 'time_barred',
};

/** Where the record of a dispute, whole up to its latest step here, contradicts itself. */
export function faultsInRecord(pointer: string, steps: readonly RecordedStep[]): DocumentDifference[] {
  return steps.flatMap((step, index) => {
    const at = pointerOf(pointer, step);
    const previous = steps[index - 1];
    const isStillEscalated = step.kind === 'propose' && previous?.toState === 'escalated';
    return [
      ...unequal(`${at}/position`, step.position, index + 1),
      ...unequal(`${at}/fromState`, step.fromState, previous?.toState ?? null),
      ...unequal(`${at}/toState`, step.toState, isStillEscalated ? 'escalated' : LEADS_TO[step.kind]),
      ...(step.kind === 'consent' ? faultsOfConsent(at, step, steps.slice(0, index)) : []),
    ];
  });
}

/** Where what a dispute left behind is not what was consented to; nothing without a consent. */
export function faultsOfOutcome(
  pointer: string,
  consent: RecordedStep | undefined,
  outcomes: readonly Outcome[],
): DocumentDifference[] {
  return unequal(
    `${pointer}/outcome`,
    textOf(outcomes.map(outcomeText)),
    textOf(agreedTexts(consent?.resolution ?? null)),
  );
}

export function pointerOf(pointer: string, { position }: RecordedStep): string {
  return `${pointer}/steps/${position}`;
}

/** Consent is the other party's, and to the latest proposal. */
function faultsOfConsent(
  at: string,
  consent: RecordedStep,
  before: readonly RecordedStep[],
): DocumentDifference[] {
  const proposal = before.findLast(({ kind }) => kind === 'propose');
  const text = (step: RecordedStep | undefined): string => textOf(agreedTexts(step?.resolution ?? null));
  return [
    ...unequal(`${at}/resolution`, text(consent), text(proposal)),
    ...(proposal ? unequal(`${at}/by`, consent.by, proposal.by === 'A' ? 'B' : 'A') : []),
  ];
}

function agreedTexts(resolution: RecordedResolution | null): string[] {
  switch (resolution?.kind) {
    case 'amount':
      return [resolution.amount];
    case 'bytes':
      return resolution.buckets.map(({ direction, start, scope, bytes }) => {
        const { sourceRegion = '', destinationRegion = '', service = '' } = scope;
        return bucketText(direction, start, [sourceRegion, destinationRegion, service], bytes);
      });
    default:
      return [];
  }
}

function outcomeText(outcome: Outcome): string {
  if (outcome.amount !== null) return outcome.amount;
  const { direction, start, sourceRegion, destinationRegion, service, bytes } = outcome;
  const scope = [sourceRegion!, destinationRegion!, service!];
  return bucketText(direction!, formatInstant(start!.getTime()), scope, bytes!);
}

function bucketText(direction: string, start: string, scope: readonly string[], bytes: string): string {
  return `${[direction, start, ...scope.filter((value) => value !== '')].join(' ')}: ${bytes} bytes`;
}

function textOf(texts: readonly string[]): string {
  return [...texts].sort().join('; ');
}
