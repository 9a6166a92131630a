import type { Side } from '../../agreements/index.js';
import type { Instant } from '../../period/index.js';
import type { AgreedBytes } from '../../reconciliation/index.js';

export const DISPUTE_STATES = [
  'raised',
  'proposed',
  'resolved',
  'withdrawn',
  'escalated',
  'time_barred',
] as const;
export type DisputeState = (typeof DISPUTE_STATES)[number];

/** States in which a dispute can still be resolved, and keeps back what it contests. */
export const OPEN_STATES: readonly DisputeState[] = ['raised', 'proposed', 'escalated'];

/** How a dispute may end between its parties (domain contract, section 10). */
export type Resolution =
  /** What buckets carried, for good. */
  | { kind: 'bytes'; buckets: AgreedBytes[] }
  /** Money that is conceded to the claim, in minor units, above 0. */
  | { kind: 'amount'; amount: bigint }
  | { kind: 'no_change' };

/** Where a dispute stands. */
export interface Dispute {
  state: DisputeState;
  raisedBy: Side;
  /** The latest proposal, which the other party may consent to. */
  proposal: { by: Side; resolution: Resolution } | null;
  /** When nobody has moved until then, it is time-barred; null where that no longer applies. */
  lapsesAt: Instant | null;
}

/** What is done with a dispute; the time bar is the scheduler's and nobody else's. */
export type DisputeCommand = { at: Instant } & (
  | { kind: 'propose'; by: Side; resolution: Resolution; lapsesAt: Instant }
  | { kind: 'consent' | 'withdraw' | 'escalate'; by: Side }
  | { kind: 'time_bar' }
);

export type DisputeRefusal =
  'dispute_closed' | 'dispute_lapsed' | 'no_proposal' | 'own_proposal' | 'not_the_raiser';

/** What becomes of a dispute, or why a command is refused. */
export type DisputeResult =
  { changed: Dispute; resolution: Resolution | null } | { unchanged: true } | { refused: DisputeRefusal };

/**
 * The life of a dispute (domain contract, section 10). Nobody resolves one alone: it takes the consent of the
 * party that did not make the latest proposal. An escalated dispute has left the parties' hands in time, not
 * in substance: nothing bars it any more, and they may still settle it by proposal and consent, or its raiser
 * withdraw it. What has been done already, in the same words, changes nothing.
 */
export function decide(dispute: Dispute, command: DisputeCommand): DisputeResult {
  if (!OPEN_STATES.includes(dispute.state)) return afterTheEnd(dispute, command);
  const hasLapsed = dispute.lapsesAt !== null && dispute.lapsesAt <= command.at;
  if (command.kind === 'time_bar') return hasLapsed ? ended(dispute, 'time_barred') : { unchanged: true };
  // The scheduler may be late; the deadline is not.
  if (hasLapsed) return { refused: 'dispute_lapsed' };
  switch (command.kind) {
    case 'propose':
      return proposed(dispute, command);
    case 'consent':
      return consented(dispute, command.by);
    case 'withdraw':
      return command.by === dispute.raisedBy ? ended(dispute, 'withdrawn') : { refused: 'not_the_raiser' };
    case 'escalate':
      if (dispute.state === 'escalated') return { unchanged: true };
      return { changed: { ...dispute, state: 'escalated', lapsesAt: null }, resolution: null };
  }
}

function proposed(
  dispute: Dispute,
  { by, resolution, lapsesAt }: Extract<DisputeCommand, { kind: 'propose' }>,
): DisputeResult {
  const isEscalated = dispute.state === 'escalated';
  return {
    changed: {
      ...dispute,
      state: isEscalated ? 'escalated' : 'proposed',
      proposal: { by, resolution },
      lapsesAt: isEscalated ? null : lapsesAt,
    },
    resolution: null,
  };
}

function consented(dispute: Dispute, by: Side): DisputeResult {
  const { proposal } = dispute;
  if (proposal === null) return { refused: 'no_proposal' };
  if (proposal.by === by) return { refused: 'own_proposal' };
  return { changed: { ...dispute, state: 'resolved', lapsesAt: null }, resolution: proposal.resolution };
}

function ended(dispute: Dispute, state: 'withdrawn' | 'time_barred'): DisputeResult {
  return { changed: { ...dispute, state, lapsesAt: null }, resolution: null };
}

function afterTheEnd({ state, raisedBy, proposal }: Dispute, command: DisputeCommand): DisputeResult {
  const isRepeated =
    command.kind === 'time_bar' ||
    (command.kind === 'consent' && state === 'resolved' && proposal!.by !== command.by) ||
    (command.kind === 'withdraw' && state === 'withdrawn' && raisedBy === command.by);
  return isRepeated ? { unchanged: true } : { refused: 'dispute_closed' };
}
