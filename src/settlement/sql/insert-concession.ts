import type { FlowDirection, Side } from '../../agreements/index.js';
import type { Transaction } from '../../platform/database/index.js';

/** Money that a party conceded in a dispute; the next statement carries it as an adjustment. */
export interface Concession {
  agreementId: string;
  disputeId: string;
  /** The period that it concerns. */
  period: string;
  direction: FlowDirection | null;
  payer: Side;
  /** Minor units: how much more, or with a minus how much less, the payer owes. */
  amount: bigint;
  /** The figure of the agreement's clock under which it is recorded. */
  recorded: bigint;
}

export async function insertConcession(tx: Transaction, concession: Concession): Promise<void> {
  await tx.query(
    `INSERT INTO concessions (agreement_id, dispute_id, period, direction, payer, amount, recorded)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [
      concession.agreementId,
      concession.disputeId,
      concession.period,
      concession.direction,
      concession.payer,
      concession.amount,
      concession.recorded,
    ],
  );
}
