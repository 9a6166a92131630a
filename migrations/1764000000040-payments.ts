import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Payments between the parties of an agreement: what the payer recorded, and what became of it. */
export class Payments1764000000040 implements MigrationInterface {
  name = 'Payments1764000000040';

  async up(runner: QueryRunner): Promise<void> {
    // Whoever recorded, confirmed or reversed is a provider, or the operator where it is null.
    await runner.query(`
      CREATE TABLE payments (
        agreement_id uuid NOT NULL REFERENCES agreements,
        id uuid NOT NULL,
        payer_id uuid NOT NULL REFERENCES providers,
        payee_id uuid NOT NULL REFERENCES providers,
        amount numeric(38, 0) NOT NULL CHECK (amount > 0 AND amount <> 'NaN'),
        currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
        paid_at timestamptz NOT NULL,
        reference text NOT NULL CHECK (length(reference) <= 200),
        statement_ids uuid[] NOT NULL,
        recorded_at timestamptz NOT NULL,
        recorded_by uuid REFERENCES providers,
        state text NOT NULL CHECK (state IN ('recorded', 'confirmed', 'reversed')),
        confirmed_at timestamptz,
        confirmed_by uuid REFERENCES providers,
        reversed_at timestamptz,
        reversed_by uuid REFERENCES providers,
        reversal_reason text CHECK (length(reversal_reason) <= 1000),
        PRIMARY KEY (agreement_id, id),
        CHECK (payer_id <> payee_id),
        CHECK (state <> 'confirmed' OR confirmed_at IS NOT NULL),
        CHECK (state <> 'recorded' OR confirmed_at IS NULL),
        CHECK ((state = 'reversed') = (reversed_at IS NOT NULL))
      )`);
    await runner.query(`CREATE INDEX payments_by_id ON payments (id)`);
    await runner.query(`GRANT SELECT, INSERT ON payments TO peerledger_service`);
    await runner.query(`
      GRANT UPDATE (state, confirmed_at, confirmed_by, reversed_at, reversed_by, reversal_reason)
      ON payments TO peerledger_service`);
    await runner.query(`
      DO $$
      BEGIN
        ASSERT NOT has_column_privilege('peerledger_service', 'payments', 'amount', 'UPDATE')
           AND NOT has_table_privilege('peerledger_service', 'payments', 'DELETE'),
          'a payment is confirmed or reversed, and never changed';
      END
      $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE payments`);
  }
}
