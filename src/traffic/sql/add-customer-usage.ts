import type { Transaction } from '../../platform/database/index.js';

/** Adds the incoming differences to the reporter's customer sums from a period on, making those not there yet. */
export async function addCustomerUsage(
  tx: Transaction,
  agreementId: string,
  reporterId: string,
  fromPeriod = '',
): Promise<void> {
  await tx.query(
    `INSERT INTO usage_customers AS stored (agreement_id, reporter_id, period, direction, customer, price_from,
       region, unit, unit_price, zero_ratable, bytes, records)
     SELECT $1::uuid, $2::uuid, period, direction, customer, price_from, region, unit, unit_price, zero_ratable,
            sum(bytes), sum(records)
       FROM incoming_customers
      WHERE period >= $3
      GROUP BY period, direction, customer, price_from, region, unit, unit_price, zero_ratable
     ON CONFLICT (agreement_id, period, reporter_id, direction, customer, price_from, region, unit, unit_price,
       zero_ratable)
     DO UPDATE SET bytes = stored.bytes + excluded.bytes, records = stored.records + excluded.records`,
    [agreementId, reporterId, fromPeriod],
  );
}
