import type { StatementState, StatementStep } from '../rules/statement-state.js';

/** A stored statement; `document` is the canonical text that was hashed. */
export interface StatementRow {
  id: string;
  agreementId: string;
  sequence: number;
  period: string;
  state: StatementState;
  issuedAt: Date;
  /** Event time: traffic before it is in the statement. */
  eventUpTo: Date;
  /** The agreement's clock: what was recorded up to it is in the statement. */
  recordedUpTo: string;
  document: string;
  sha256: string;
  closingBalance: string;
  acceptanceDue: Date;
  disputableUntil: Date;
  lineIds: string[];
  /** What happened to it since its issue, oldest first. */
  steps: TakenStep[];
}

export interface TakenStep {
  kind: StatementStep['kind'];
  fromState: StatementState;
  toState: StatementState;
  /** RFC 3339. */
  takenAt: string;
  /** Code of the party that accepted or disputed; null for other steps. */
  party: string | null;
  reason: string | null;
}

/** Columns that make a {@link StatementRow}; expects `statements s`. */
export const STATEMENT_COLUMNS = `
  s.id, s.agreement_id AS "agreementId", s.sequence, s.period, s.state, s.issued_at AS "issuedAt",
  s.event_up_to AS "eventUpTo", s.recorded_up_to AS "recordedUpTo", s.document,
  s.sha256, s.closing_balance AS "closingBalance", s.acceptance_due AS "acceptanceDue",
  s.disputable_until AS "disputableUntil",
  ARRAY(SELECT l.id FROM statement_lines l
         WHERE l.agreement_id = s.agreement_id AND l.statement_id = s.id
         ORDER BY l.position) AS "lineIds",
  coalesce((SELECT json_agg(json_build_object('kind', t.kind, 'fromState', t.from_state, 'toState', t.to_state,
                     'takenAt', t.taken_at, 'party', p.code, 'reason', t.reason) ORDER BY t.position)
              FROM statement_steps t LEFT JOIN providers p ON p.id = t.provider_id
             WHERE t.agreement_id = s.agreement_id AND t.statement_id = s.id), '[]') AS steps`;
