import type { Transaction } from '../../platform/database/index.js';
import type { DisputeState } from '../rules/dispute-state.js';

export async function setDisputeState(
  tx: Transaction,
  dispute: { agreementId: string; id: string },
  state: DisputeState,
  lapsesAt: Date | null,
): Promise<void> {
  await tx.query(`UPDATE disputes SET state = $3, lapses_at = $4 WHERE agreement_id = $1 AND id = $2`, [
    dispute.agreementId,
    dispute.id,
    state,
    lapsesAt,
  ]);
}
