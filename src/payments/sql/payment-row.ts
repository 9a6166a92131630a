import type { PaymentState } from '../rules/payment-state.js';

/** A payment with the codes that the API knows it by. Amounts are minor units. */
export interface PaymentRow {
  agreementId: string;
  agreement: string;
  id: string;
  payer: { id: string; code: string };
  payee: { id: string; code: string };
  amount: string;
  currency: string;
  paidAt: Date;
  reference: string;
  /** What it is for, in the order of payment; empty: the oldest first. */
  statementIds: string[];
  state: PaymentState;
  recordedAt: Date;
  /** Code of the provider that did it; null for the operator, and where nobody has yet. */
  recordedBy: string | null;
  confirmedAt: Date | null;
  confirmedBy: string | null;
  reversedAt: Date | null;
  reversedBy: string | null;
  reversalReason: string | null;
}

/** Columns that make a {@link PaymentRow}; expects {@link PAYMENT_TABLES}. */
export const PAYMENT_COLUMNS = `
  p.agreement_id AS "agreementId", a.code AS agreement, p.id,
  json_build_object('id', payer.id, 'code', payer.code) AS payer,
  json_build_object('id', payee.id, 'code', payee.code) AS payee,
  p.amount, p.currency, p.paid_at AS "paidAt", p.reference, p.statement_ids AS "statementIds", p.state,
  p.recorded_at AS "recordedAt", recorder.code AS "recordedBy",
  p.confirmed_at AS "confirmedAt", confirmer.code AS "confirmedBy",
  p.reversed_at AS "reversedAt", reverser.code AS "reversedBy", p.reversal_reason AS "reversalReason"`;

export const PAYMENT_TABLES = `
  payments p
  JOIN agreements a ON a.id = p.agreement_id
  JOIN providers payer ON payer.id = p.payer_id
  JOIN providers payee ON payee.id = p.payee_id
  LEFT JOIN providers recorder ON recorder.id = p.recorded_by
  LEFT JOIN providers confirmer ON confirmer.id = p.confirmed_by
  LEFT JOIN providers reverser ON reverser.id = p.reversed_by`;
