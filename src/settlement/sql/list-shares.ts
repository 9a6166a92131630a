import type { FlowDirection, TrafficUnit } from '../../agreements/index.js';
import type { Queryable } from '../../platform/database/index.js';

/** A share that yielded no credit, with its place among those of its statement and provider. */
export interface ShareRow {
  position: number;
  period: string;
  direction: FlowDirection;
  bytes: string;
  unit: TrafficUnit;
  unitPrice: string | null;
  priceFrom: Date | null;
  region: string | null;
}

/** A provider's shares of a statement that yielded no credit, in their order. */
export async function listShares(
  db: Queryable,
  owner: { agreementId: string; statementId: string; providerId: string },
): Promise<ShareRow[]> {
  return db.query<ShareRow>(
    `SELECT position, period, direction, bytes, unit, unit_price AS "unitPrice", price_from AS "priceFrom", region
       FROM shares_without_customer
      WHERE agreement_id = $1 AND statement_id = $2 AND provider_id = $3
      ORDER BY position`,
    [owner.agreementId, owner.statementId, owner.providerId],
  );
}
