import { createHash } from 'node:crypto';
import canonicalizeModule from 'canonicalize';
import { formatAmount } from '../../money/index.js';
import { formatInstant } from '../../period/index.js';
import type { DisputeState } from './dispute-state.js';
import type { Evidence, RecordedResolution } from './evidence.js';
import type { RecordedStep } from './record-faults.js';

// The package is CommonJS with types for a default export, which the two module systems see differently.
const canonicalize = canonicalizeModule as unknown as (value: unknown) => string;

/** What was said and done in a step of a dispute. */
export interface SaidStep {
  disputeId: string;
  id: string;
  kind: RecordedStep['kind'];
  /** Code of the party; null for the scheduler. */
  by: string | null;
  keyId: string | null;
  takenAt: Date;
  fromState: DisputeState | null;
  toState: DisputeState;
  evidence: Evidence;
  resolution: RecordedResolution | null;
  currency: string;
}

/** A resolution as parties read it, amounts in major units. */
export function shownResolution(recorded: RecordedResolution, currency: string): RecordedResolution {
  if (recorded.kind !== 'amount') return recorded;
  return { kind: 'amount', amount: formatAmount(BigInt(recorded.amount), currency) };
}

/**
 * The SHA-256, in hex, over the RFC 8785 canonical JSON of a step as parties read it, with `dispute`: everything
 * but its position, what it withheld (which the books say) and the hash itself. The audit log has it, so that
 * neither evidence nor proposals can be rewritten unseen.
 */
export function stepSha256(step: SaidStep): string {
  const { disputeId, id, kind, by, keyId, takenAt, fromState, toState, evidence, resolution, currency } =
    step;
  const text = canonicalize({
    dispute: disputeId,
    id,
    kind,
    by,
    keyId,
    at: formatInstant(takenAt.getTime()),
    fromState,
    toState,
    evidence,
    resolution: resolution && shownResolution(resolution, currency),
  });
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** What the audit log has of a step. */
export interface LoggedStep {
  /** Such as `dispute.raise`. */
  action: string;
  /** Null where the log is of a time before it had hashes of steps. */
  step: { id: string; sha256: string } | null;
}

/** A step that is not what was logged; `logged` is null where none was. */
export interface StepFault {
  id: string;
  position: number;
  stored: string;
  logged: string | null;
}

/** Which of a dispute's steps are not what was logged of it. */
export function stepFaults(
  steps: readonly (SaidStep & { position: number })[],
  logged: readonly LoggedStep[],
): StepFault[] {
  const hashes = new Map(logged.flatMap(({ step }) => (step ? [[step.id, step.sha256] as const] : [])));
  const older = logged.filter(({ step }) => step === null).map(({ action }) => action);
  return steps.flatMap((step) => {
    const { id, position } = step;
    const stored = stepSha256(step);
    const known = hashes.get(id) ?? null;
    if (known === stored) return [];
    const place = known === null ? older.indexOf(`dispute.${step.kind}`) : -1;
    if (place >= 0) {
      older.splice(place, 1);
      return [];
    }
    return [{ id, position, stored, logged: known }];
  });
}

/** Whether a step was logged that is not among those given, which are all of a dispute. */
export function missesStep(steps: readonly { id: string }[], logged: readonly LoggedStep[]): boolean {
  const ids = new Set(steps.map(({ id }) => id));
  return logged.some(({ step }) => step && !ids.has(step.id)) || logged.length > steps.length;
}
