import type { Queryable } from '../../platform/database/index.js';

/** What a provider's credits of a statement come to, as the ledger books them. */
export interface CreditSum {
  providerId: string;
  direction: string;
  side: string;
  currency: string;
  /** Minor units. */
  amount: string;
}

/** Every party's credits of a statement by direction and side, without those that have no price. */
export async function sumCreditsBySide(
  db: Queryable,
  statement: { agreementId: string; id: string },
): Promise<CreditSum[]> {
  return db.query<CreditSum>(
    `SELECT provider_id AS "providerId", direction, side, currency, sum(amount) AS amount
       FROM credits
      WHERE agreement_id = $1 AND statement_id = $2 AND amount IS NOT NULL
      GROUP BY provider_id, direction, side, currency
      ORDER BY provider_id, direction, side, currency`,
    [statement.agreementId, statement.id],
  );
}
