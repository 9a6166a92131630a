import type { Queryable } from '../../platform/database/index.js';

/** What a provider's customers saved, in a currency. */
export interface Saving {
  currency: string;
  /** Minor units. */
  amount: string;
}

/** What a provider credited under an agreement up to a statement, void ones left out; by currency. */
export async function sumSavings(
  db: Queryable,
  owner: { agreementId: string; providerId: string; upToSequence: number },
): Promise<Saving[]> {
  return db.query<Saving>(
    `SELECT credit.currency, sum(credit.amount) AS amount
       FROM credits credit
       JOIN statements s ON s.agreement_id = credit.agreement_id AND s.id = credit.statement_id
      WHERE credit.agreement_id = $1 AND credit.provider_id = $2 AND credit.amount IS NOT NULL
        AND s.sequence <= $3 AND s.state <> 'void'
      GROUP BY credit.currency
      ORDER BY credit.currency`,
    [owner.agreementId, owner.providerId, owner.upToSequence],
  );
}
