import type { Transaction } from '../../platform/database/index.js';
import type { CustomerUsage } from '../rules/credits-of-party.js';

/** Stores a provider's shares of a statement that yield no credit, so that later data is shared after them. */
export async function insertShares(
  tx: Transaction,
  owner: { agreementId: string; statementId: string; providerId: string },
  shares: readonly (CustomerUsage & { period: string })[],
): Promise<void> {
  const column = <Value>(pick: (share: CustomerUsage & { period: string }) => Value): Value[] =>
    shares.map(pick);
  await tx.query(
    `INSERT INTO shares_without_customer (agreement_id, statement_id, provider_id, position, period, direction, bytes,
       unit, unit_price, price_from, region)
     SELECT $1::uuid, $2::uuid, $3::uuid, share.position, share.period, share.direction, share.bytes, share.unit,
            share.unit_price, share.price_from, share.region
       FROM unnest($4::text[], $5::text[], $6::numeric[], $7::text[], $8::text[], $9::timestamptz[], $10::text[])
              WITH ORDINALITY AS share (period, direction, bytes, unit, unit_price, price_from, region, position)`,
    [
      owner.agreementId,
      owner.statementId,
      owner.providerId,
      column(({ period }) => period),
      column(({ direction }) => direction),
      column(({ bytes }) => bytes),
      column(({ unit }) => unit),
      column(({ unitPrice }) => unitPrice),
      column(({ priceFrom }) => (priceFrom === null ? null : new Date(priceFrom))),
      column(({ region }) => region),
    ],
  );
}
