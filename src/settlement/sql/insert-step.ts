import type { Transaction } from '../../platform/database/index.js';
import type { StatementState, StatementStep } from '../rules/statement-state.js';

/** A step that a statement takes. */
export interface NewStep {
  kind: StatementStep['kind'];
  fromState: StatementState;
  toState: StatementState;
  takenAt: Date;
  /** The party that accepted or disputed; null for other steps. */
  providerId: string | null;
  reason: string | null;
  /** The figure of the agreement's clock, of a void. */
  recorded: bigint | null;
}

/** Adds the next step of a statement. The caller holds the agreement's clock, so there are no gaps. */
export async function insertStep(
  tx: Transaction,
  statement: { agreementId: string; id: string },
  step: NewStep,
): Promise<void> {
  await tx.query(
    `INSERT INTO statement_steps (agreement_id, statement_id, position, kind, from_state, to_state, taken_at,
       provider_id, reason, recorded)
     SELECT $1::uuid, $2::uuid, 1 + count(*), $3::text, $4::text, $5::text, $6::timestamptz, $7::uuid, $8::text,
            $9::bigint
       FROM statement_steps
      WHERE agreement_id = $1 AND statement_id = $2`,
    [
      statement.agreementId,
      statement.id,
      step.kind,
      step.fromState,
      step.toState,
      step.takenAt,
      step.providerId,
      step.reason,
      step.recorded,
    ],
  );
}
