import type { Queryable } from '../../platform/database/index.js';
import type { StoredCredit } from '../rules/credit-view.js';

/** A credit with its place among those of its statement and provider. */
export interface CreditRow extends StoredCredit {
  position: number;
}

/** A provider's own credits of a statement in their order, after a position. */
export async function listCredits(
  db: Queryable,
  owner: { agreementId: string; statementId: string; providerId: string },
  afterPosition: number,
  limit: number,
): Promise<CreditRow[]> {
  return db.query<CreditRow>(
    `SELECT position, id, customer, direction, side, bytes, unit, unit_price AS "unitPrice",
            price_from AS "priceFrom", region, amount, currency, period, refers_to AS "refersTo"
       FROM credits
      WHERE agreement_id = $1 AND statement_id = $2 AND provider_id = $3 AND position > $4
      ORDER BY position
      LIMIT $5`,
    [owner.agreementId, owner.statementId, owner.providerId, afterPosition, limit],
  );
}
