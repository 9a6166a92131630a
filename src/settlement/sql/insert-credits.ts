import type { Transaction } from '../../platform/database/index.js';
import type { Credit } from '../rules/credits-of-party.js';

type PeriodCredit = Credit & { period: string; refersTo: string | null };

/** Stores a provider's credits of a statement in their order, each under the id at its place. */
export async function insertCredits(
  tx: Transaction,
  owner: { agreementId: string; statementId: string; providerId: string; currency: string },
  credits: readonly PeriodCredit[],
  ids: readonly string[],
): Promise<void> {
  const column = <Value>(pick: (credit: PeriodCredit) => Value): Value[] => credits.map(pick);
  await tx.query(
    `INSERT INTO credits (agreement_id, statement_id, provider_id, currency, position, id, customer, direction,
       side, bytes, unit, unit_price, price_from, region, amount, period, refers_to)
     SELECT $1::uuid, $2::uuid, $3::uuid, $4::text, credit.position, credit.id, credit.customer, credit.direction,
            credit.side, credit.bytes, credit.unit, credit.unit_price, credit.price_from, credit.region,
            credit.amount, credit.period, credit.refers_to
       FROM unnest($5::uuid[], $6::text[], $7::text[], $8::text[], $9::numeric[], $10::text[], $11::text[],
              $12::timestamptz[], $13::text[], $14::numeric[], $15::text[], $16::uuid[])
              WITH ORDINALITY AS credit (id, customer, direction, side, bytes, unit, unit_price, price_from, region,
                amount, period, refers_to, position)`,
    [
      owner.agreementId,
      owner.statementId,
      owner.providerId,
      owner.currency,
      ids,
      column(({ customer }) => customer),
      column(({ direction }) => direction),
      column(({ side }) => side),
      column(({ bytes }) => bytes),
      column(({ unit }) => unit),
      column(({ unitPrice }) => unitPrice),
      column(({ priceFrom }) => (priceFrom === null ? null : new Date(priceFrom))),
      column(({ region }) => region),
      column(({ amount }) => amount),
      column(({ period }) => period),
      column(({ refersTo }) => refersTo),
    ],
  );
}
