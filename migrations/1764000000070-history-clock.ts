import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The figure of the agreement's clock after the last statement that was issued by an instant. */
const figureAt = (agreementId: string, instant: string) => `
  coalesce((SELECT 1 + max(s.recorded_up_to)
              FROM statements s
              LEFT JOIN ledger_transactions t
                ON t.agreement_id = s.agreement_id AND t.source_kind = 'statement' AND t.source_id = s.id
             WHERE s.agreement_id = ${agreementId} AND coalesce(t.recorded_at, s.issued_at) <= ${instant}), 0)`;

/** When the books took a payment or took it back; the row itself says only when that was asked for. */
const postedAt = (kind: string) => `
  (SELECT min(t.recorded_at) FROM ledger_transactions t
    WHERE t.agreement_id = p.agreement_id AND t.source_kind = '${kind}' AND t.source_id = p.id)`;

/**
 * What a statement counts beside records goes by the agreement's clock too: payments, voids, and the list prices that
 * an agreement had heard of. So a statement can be recomputed from them to the figure. What was there before gets
 * the figure after the last statement that came before it.
 */
export class HistoryClock1764000000070 implements MigrationInterface {
  name = 'HistoryClock1764000000070';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE payments ADD COLUMN confirmed_recorded bigint, ADD COLUMN reversed_recorded bigint`);
    await runner.query(`
      UPDATE payments p
         SET confirmed_recorded = CASE WHEN confirmed_at IS NOT NULL THEN
               ${figureAt('p.agreement_id', `coalesce(${postedAt('payment')}, p.confirmed_at)`)} END,
             reversed_recorded = CASE WHEN confirmed_at IS NOT NULL AND reversed_at IS NOT NULL THEN
               ${figureAt('p.agreement_id', `coalesce(${postedAt('payment_reversal')}, p.reversed_at)`)} END`);
    await runner.query(`
      ALTER TABLE payments
        ADD CHECK ((confirmed_at IS NULL) = (confirmed_recorded IS NULL)),
        ADD CHECK ((reversed_recorded IS NOT NULL) = (confirmed_at IS NOT NULL AND reversed_at IS NOT NULL))`);
    await runner.query(
      `GRANT UPDATE (confirmed_recorded, reversed_recorded) ON payments TO peerledger_service`,
    );
    await runner.query(`ALTER TABLE statement_steps ADD COLUMN recorded bigint`);
    await runner.query(`
      UPDATE statement_steps step
         SET recorded = ${figureAt('step.agreement_id', 'step.taken_at')}
       WHERE kind = 'void'`);
    await runner.query(`ALTER TABLE statement_steps ADD CHECK ((recorded IS NOT NULL) = (kind = 'void'))`);
    await createPriceNews(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE price_news`);
    await runner.query(`ALTER TABLE statement_steps DROP COLUMN recorded`);
    await runner.query(`ALTER TABLE payments DROP COLUMN confirmed_recorded, DROP COLUMN reversed_recorded`);
  }
}

/** Of a price that is older than the agreement there is no news: it was known from the start. */
async function createPriceNews(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE price_news (
      agreement_id uuid NOT NULL REFERENCES agreements,
      provider_id uuid NOT NULL,
      price_id uuid NOT NULL,
      recorded bigint NOT NULL,
      PRIMARY KEY (agreement_id, provider_id, price_id),
      FOREIGN KEY (provider_id, price_id) REFERENCES list_prices
    )`);
  await runner.query(`
    INSERT INTO price_news (agreement_id, provider_id, price_id, recorded)
    SELECT a.id, price.provider_id, price.id, ${figureAt('a.id', 'price.created_at')}
      FROM list_prices price JOIN agreements a ON price.provider_id IN (a.party_a_id, a.party_b_id)`);
  await runner.query(`GRANT SELECT, INSERT ON price_news TO peerledger_service`);
  await runner.query(`
    DO $$
    BEGIN
      ASSERT NOT has_table_privilege('peerledger_service', 'price_news', 'UPDATE, DELETE, TRUNCATE'),
        'what an agreement has heard of it has heard of';
    END
    $$`);
}
