import type { FlowDirection } from '../../agreements/index.js';
import type { Queryable } from '../../platform/database/index.js';

/** What one customer sent or received at one price; customer '' is nobody's, unitPrice '' no price. */
export interface CustomerSum {
  direction: FlowDirection;
  customer: string;
  priceFrom: Date;
  region: string;
  unit: string;
  unitPrice: string;
  bytes: string;
}

/** A reporter's customer sums of a period that lie inside the zero-rating's limits. */
export async function readCustomerUsage(
  db: Queryable,
  agreementId: string,
  period: string,
  reporterId: string,
): Promise<CustomerSum[]> {
  return db.query<CustomerSum>(
    `SELECT direction, customer, price_from AS "priceFrom", region, unit, unit_price AS "unitPrice", bytes
       FROM usage_customers
      WHERE agreement_id = $1 AND period = $2 AND reporter_id = $3 AND zero_ratable AND records > 0
      ORDER BY direction, customer, price_from, region COLLATE "C", unit, unit_price`,
    [agreementId, period, reporterId],
  );
}
