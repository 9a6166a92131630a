import type { Side } from '../../agreements/index.js';
import type { Instant } from '../../period/index.js';

export const STATEMENT_STATES = [
  'issued',
  'accepted',
  'deemed_accepted',
  'disputed',
  'settled',
  'void',
] as const;

export type StatementState = (typeof STATEMENT_STATES)[number];

export const STEP_KINDS = [
  'accept',
  'deem',
  'dispute',
  'resolve',
  'withdraw',
  'settle',
  'unsettle',
  'void',
] as const satisfies readonly StatementStep['kind'][];

/** Where an issued statement stands. */
export interface Standing {
  state: StatementState;
  /** The parties that accepted it in so many words. */
  acceptedBy: readonly Side[];
  /** From here on silence is acceptance. */
  acceptanceDue: Instant;
  /** From here on nothing of it can be disputed. */
  disputableUntil: Instant;
  /** What it was before it was settled; null unless it is. */
  settledFrom: StatementState | null;
}

/**
 * What happens to a statement: `resolve` when the last of its disputes ends and any of them was resolved,
 * `withdraw` when all of them were given up; `unsettle` when a payment that settled it is reversed.
 */
export type StatementStep =
  | { kind: 'accept' | 'dispute'; by: Side }
  | { kind: 'deem' | 'resolve' | 'withdraw' | 'settle' | 'unsettle' | 'void' };

export type StepRefusal =
  | 'statement_void'
  | 'statement_settled'
  | 'statement_disputed'
  | 'statement_not_disputed'
  | 'statement_not_accepted'
  | 'statement_not_settled'
  | 'accepted_by_party'
  | 'acceptance_not_due'
  | 'dispute_window_over';

/** The state after a step, and whether the step says anything new; or why it cannot be taken. */
export type StepResult = { state: StatementState; isNew: boolean } | { refused: StepRefusal };

const BOTH = 2;

/**
 * The life of an issued statement (domain contract, section 9). Acceptance is per party and nothing takes it
 * back: who accepted cannot dispute. A deemed acceptance may turn into a dispute until the window ends.
 * A repeated acceptance, a deemed acceptance of what is accepted, and the like change nothing.
 */
export function takeStep(standing: Standing, step: StatementStep, at: Instant): StepResult {
  const { state } = standing;
  if (step.kind === 'void') return voided(state);
  if (state === 'void') return { refused: 'statement_void' };
  switch (step.kind) {
    case 'accept':
      return accepted(standing, step.by);
    case 'deem':
      if (state !== 'issued') return { state, isNew: false };
      return at < standing.acceptanceDue ? { refused: 'acceptance_not_due' } : to('deemed_accepted');
    case 'dispute':
      return disputed(standing, step.by, at);
    case 'resolve':
      return state === 'disputed' ? to('accepted') : { refused: 'statement_not_disputed' };
    case 'withdraw':
      return state === 'disputed' ? to(undisputed(standing, at)) : { refused: 'statement_not_disputed' };
    case 'settle':
      if (state === 'settled') return { state, isNew: false };
      return isAccepted(state) ? to('settled') : { refused: whyNotSettled(state) };
    case 'unsettle':
      return state === 'settled' ? to(standing.settledFrom!) : { refused: 'statement_not_settled' };
  }
}

function accepted({ state, acceptedBy }: Standing, by: Side): StepResult {
  if (acceptedBy.includes(by)) return { state, isNew: false };
  if (state === 'disputed') return { refused: 'statement_disputed' };
  // What is settled already stays so; that the party accepts it is on record all the same.
  const isComplete = acceptedBy.length + 1 === BOTH && state !== 'settled';
  return to(isComplete ? 'accepted' : state);
}

function disputed({ state, acceptedBy, disputableUntil }: Standing, by: Side, at: Instant): StepResult {
  if (state === 'settled') return { refused: 'statement_settled' };
  if (acceptedBy.includes(by)) return { refused: 'accepted_by_party' };
  if (at >= disputableUntil) return { refused: 'dispute_window_over' };
  return state === 'disputed' ? { state, isNew: false } : to('disputed');
}

/** What a statement is when nothing was the matter with it after all. */
function undisputed({ acceptedBy, acceptanceDue }: Standing, at: Instant): StatementState {
  if (acceptedBy.length === BOTH) return 'accepted';
  return at < acceptanceDue ? 'issued' : 'deemed_accepted';
}

function voided(state: StatementState): StepResult {
  if (state === 'settled') return { refused: 'statement_settled' };
  if (state === 'disputed') return { refused: 'statement_disputed' };
  return state === 'void' ? { state, isNew: false } : to('void');
}

function isAccepted(state: StatementState): boolean {
  return state === 'accepted' || state === 'deemed_accepted';
}

function whyNotSettled(state: StatementState): StepRefusal {
  return state === 'disputed' ? 'statement_disputed' : 'statement_not_accepted';
}

function to(state: StatementState): StepResult {
  return { state, isNew: true };
}
