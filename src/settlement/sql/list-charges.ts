import type { Queryable } from '../../platform/database/index.js';
import type { StatementState } from '../rules/statement-state.js';

/** What a statement charges each party, as its document says: decimal texts in the agreement's currency. */
export interface StatementCharges {
  id: string;
  state: StatementState;
  payableByA: string;
  payableByB: string;
}

/** An agreement's statements that are not void, and the void one with `alsoId`, oldest first. */
export async function listCharges(
  db: Queryable,
  agreementId: string,
  alsoId: string | null = null,
): Promise<StatementCharges[]> {
  return db.query<StatementCharges>(
    `SELECT id, state, document::json ->> 'payableByA' AS "payableByA",
            document::json ->> 'payableByB' AS "payableByB"
       FROM statements
      WHERE agreement_id = $1 AND (state <> 'void' OR id = $2)
      ORDER BY sequence`,
    [agreementId, alsoId],
  );
}
