import type { Transaction } from '../../platform/database/index.js';
import type { CustomerUsage } from '../rules/usage.js';

/** Adds differences to the reporter's customer sums, making those that are not there yet. */
export async function addCustomerUsage(
  tx: Transaction,
  agreementId: string,
  reporterId: string,
  usage: readonly CustomerUsage[],
): Promise<void> {
  const column = <Value>(pick: (sum: CustomerUsage) => Value): Value[] => usage.map(pick);
  await tx.query(
    `INSERT INTO usage_customers AS stored (agreement_id, reporter_id, period, direction, customer, price_from,
       region, unit, unit_price, zero_ratable, bytes, records)
     SELECT $1::uuid, $2::uuid, sum.*
       FROM unnest($3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::text[], $8::text[], $9::text[],
         $10::boolean[], $11::numeric[], $12::bigint[]) AS sum
     ON CONFLICT (agreement_id, period, reporter_id, direction, customer, price_from, region, unit, unit_price,
       zero_ratable)
     DO UPDATE SET bytes = stored.bytes + excluded.bytes, records = stored.records + excluded.records`,
    [
      agreementId,
      reporterId,
      column(({ period }) => period),
      column(({ direction }) => direction),
      column(({ customer }) => customer),
      column(({ priceFrom }) => new Date(priceFrom)),
      column(({ region }) => region),
      column(({ unit }) => unit),
      column(({ unitPrice }) => unitPrice),
      column(({ zeroRatable }) => zeroRatable),
      column(({ bytes }) => bytes),
      column(({ records }) => records),
    ],
  );
}
