import { periodBounds, type Instant } from '../../period/index.js';

/** Where an agreement is in its life. */
export type AgreementState = 'proposed' | 'in_force' | 'suspended' | 'terminated';

/** A span in which no traffic counts; open while `until` is null. Half-open, like every interval. */
export interface Suspension {
  from: Instant;
  until: Instant | null;
}

/** An agreement's suspensions, read from the texts that they are stored in. */
export function suspensionsOf(agreement: {
  suspensions: readonly { from: string; until: string | null }[];
}): Suspension[] {
  return agreement.suspensions.map(({ from, until }) => ({
    from: Date.parse(from),
    until: until === null ? null : Date.parse(until),
  }));
}

/** The state at an instant. A termination takes effect when its last period ends. */
export function agreementState(
  agreement: {
    timezone: string;
    lastPeriod: string | null;
    hasTerms: boolean;
    suspensions: readonly Suspension[];
  },
  now: Instant,
): AgreementState {
  const { lastPeriod, timezone } = agreement;
  if (lastPeriod !== null && periodBounds(lastPeriod, timezone).end <= now) return 'terminated';
  if (!agreement.hasTerms) return 'proposed';
  return agreement.suspensions.at(-1)?.until === null ? 'suspended' : 'in_force';
}

/** Whether an interval has a part in a suspension. */
export function isSuspended(suspensions: readonly Suspension[], start: Instant, end: Instant): boolean {
  return suspensions.some(({ from, until }) => from < end && (until === null || start < until));
}
