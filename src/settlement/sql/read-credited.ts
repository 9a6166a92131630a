import type { FlowDirection, TrafficUnit } from '../../agreements/index.js';
import type { Queryable } from '../../platform/database/index.js';
import type { CreditedClaim } from '../rules/later-credits.js';
import type { Past } from './list-standing.js';

interface Row {
  direction: FlowDirection;
  customer: string | null;
  priceFrom: Date | null;
  region: string | null;
  unit: TrafficUnit;
  unitPrice: string | null;
  bytes: string;
  amount: string | null;
  firstId: string | null;
}

/**
 * What a provider's statements that are not void credited for a period, by customer and price; with a past, those
 * that were not then.
 */
export async function readCredited(
  db: Queryable,
  agreementId: string,
  period: string,
  providerId: string,
  past: Past | null,
): Promise<CreditedClaim[]> {
  const rows = await db.query<Row>(
    `SELECT given.direction, customer, price_from AS "priceFrom", region, unit, unit_price AS "unitPrice",
            sum(bytes) AS bytes, sum(amount) AS amount,
            (array_agg(given.id ORDER BY given.id) FILTER (WHERE given.id IS NOT NULL))[1] AS "firstId"
       FROM (SELECT agreement_id, statement_id, direction, customer, price_from, region, unit, unit_price, bytes,
                    amount, coalesce(refers_to, id) AS id
               FROM credits
              WHERE agreement_id = $1 AND period = $2 AND provider_id = $3
             UNION ALL
             SELECT agreement_id, statement_id, direction, NULL, price_from, region, unit, unit_price, bytes, NULL,
                    NULL
               FROM shares_without_customer
              WHERE agreement_id = $1 AND period = $2 AND provider_id = $3) AS given
       JOIN statements s ON s.agreement_id = given.agreement_id AND s.id = given.statement_id
      WHERE ($4::integer IS NULL OR s.sequence < $4)
        AND NOT EXISTS (
              SELECT FROM statement_steps step
               WHERE step.agreement_id = s.agreement_id AND step.statement_id = s.id AND step.kind = 'void'
                 AND ($5::bigint IS NULL OR step.recorded <= $5))
      GROUP BY given.direction, customer, price_from, region, unit, unit_price`,
    [agreementId, period, providerId, past?.beforeSequence ?? null, past?.recordedUpTo ?? null],
  );
  return rows.map(({ bytes, amount, priceFrom, ...row }) => ({
    ...row,
    priceFrom: priceFrom && priceFrom.getTime(),
    bytes: BigInt(bytes),
    amount: amount === null ? null : BigInt(amount),
  }));
}
