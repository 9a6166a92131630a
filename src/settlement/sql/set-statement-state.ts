import type { Transaction } from '../../platform/database/index.js';
import type { StatementState } from '../rules/statement-state.js';

export async function setStatementState(
  tx: Transaction,
  statement: { agreementId: string; id: string },
  state: StatementState,
): Promise<void> {
  await tx.query(`UPDATE statements SET state = $3 WHERE agreement_id = $1 AND id = $2`, [
    statement.agreementId,
    statement.id,
    state,
  ]);
}
