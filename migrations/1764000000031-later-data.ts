import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What later data needs: both clocks of a close, the period that a credit concerns and the credit that it changes,
 * and the shares of zero-rated bytes that no customer was charged for.
 */
export class LaterData1764000000031 implements MigrationInterface {
  name = 'LaterData1764000000031';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE statements ADD COLUMN event_up_to timestamptz`);
    await runner.query(`UPDATE statements SET event_up_to = (document::jsonb ->> 'periodEnd')::timestamptz`);
    await runner.query(`ALTER TABLE statements ALTER COLUMN event_up_to SET NOT NULL`);
    await runner.query(`
      ALTER TABLE credits
        ADD COLUMN period text,
        ADD COLUMN refers_to uuid,
        DROP CONSTRAINT credits_bytes_check,
        ADD CONSTRAINT credits_falls CHECK (bytes >= 0 OR refers_to IS NOT NULL),
        ADD CONSTRAINT credits_refers_to FOREIGN KEY (agreement_id, refers_to) REFERENCES credits (agreement_id, id)`);
    await runner.query(`
      UPDATE credits SET period = s.period
        FROM statements s WHERE s.agreement_id = credits.agreement_id AND s.id = credits.statement_id`);
    await runner.query(`ALTER TABLE credits ALTER COLUMN period SET NOT NULL`);
    await runner.query(`CREATE INDEX credits_by_period ON credits (agreement_id, period, provider_id)`);
    await runner.query(`
      CREATE TABLE shares_without_customer (
        agreement_id uuid NOT NULL,
        statement_id uuid NOT NULL,
        provider_id uuid NOT NULL REFERENCES providers,
        position integer NOT NULL,
        period text NOT NULL,
        direction text NOT NULL CHECK (direction IN ('aToB', 'bToA')),
        bytes numeric NOT NULL,
        unit text NOT NULL,
        unit_price text,
        price_from timestamptz,
        region text,
        PRIMARY KEY (agreement_id, statement_id, provider_id, position),
        FOREIGN KEY (agreement_id, statement_id) REFERENCES statements
      )`);
    await runner.query(`
      CREATE INDEX shares_without_customer_by_period
        ON shares_without_customer (agreement_id, period, provider_id)`);
    await runner.query(`GRANT SELECT, INSERT ON shares_without_customer TO peerledger_service`);
    await runner.query(`
      ALTER TABLE late_usage
        DROP CONSTRAINT late_usage_cause_check,
        ADD CONSTRAINT late_usage_cause_check CHECK (cause IN ('late', 'correction', 'price'))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM late_usage WHERE cause = 'price'`);
    await runner.query(`
      ALTER TABLE late_usage
        DROP CONSTRAINT late_usage_cause_check,
        ADD CONSTRAINT late_usage_cause_check CHECK (cause IN ('late', 'correction'))`);
    await runner.query(`DROP TABLE shares_without_customer`);
    await runner.query(`DROP INDEX credits_by_period`);
    await runner.query(`
      ALTER TABLE credits DROP COLUMN period, DROP COLUMN refers_to, ADD CONSTRAINT credits_bytes_check CHECK (bytes >= 0)`);
    await runner.query(`ALTER TABLE statements DROP COLUMN event_up_to`);
  }
}
