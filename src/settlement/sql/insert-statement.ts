import type { Transaction } from '../../platform/database/index.js';

export interface NewStatement {
  agreementId: string;
  id: string;
  sequence: number;
  period: string;
  issuedAt: Date;
  /** Event time: traffic before it is in the statement. */
  eventUpTo: Date;
  /** The agreement's clock: what was recorded up to it is in the statement. */
  recordedUpTo: bigint;
  document: string;
  sha256: string;
  closingBalance: bigint;
  acceptanceDue: Date;
  disputableUntil: Date;
  lineIds: readonly string[];
}

/** Stores a statement, issued, with the ids of its lines. */
export async function insertStatement(tx: Transaction, statement: NewStatement): Promise<void> {
  await tx.query(
    `INSERT INTO statements (agreement_id, id, sequence, period, state, issued_at, recorded_up_to, document, sha256,
       closing_balance, acceptance_due, disputable_until, event_up_to)
     VALUES ($1, $2, $3, $4, 'issued', $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      statement.agreementId,
      statement.id,
      statement.sequence,
      statement.period,
      statement.issuedAt,
      statement.recordedUpTo,
      statement.document,
      statement.sha256,
      statement.closingBalance,
      statement.acceptanceDue,
      statement.disputableUntil,
      statement.eventUpTo,
    ],
  );
  await tx.query(
    `INSERT INTO statement_lines (agreement_id, statement_id, position, id)
     SELECT $1::uuid, $2::uuid, line.position, line.id
       FROM unnest($3::uuid[]) WITH ORDINALITY AS line (id, position)`,
    [statement.agreementId, statement.id, statement.lineIds],
  );
}
