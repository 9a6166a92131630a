import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Issued statements with their lines, credits and renderings. Nothing issued can be changed. */
export class Settlement1764000000007 implements MigrationInterface {
  name = 'Settlement1764000000007';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE statements (
        agreement_id uuid NOT NULL REFERENCES agreements,
        id uuid NOT NULL,
        sequence integer NOT NULL CHECK (sequence > 0),
        period text NOT NULL,
        state text NOT NULL CHECK (state IN ('issued', 'accepted', 'deemed_accepted', 'disputed', 'settled', 'void')),
        issued_at timestamptz NOT NULL,
        recorded_up_to bigint NOT NULL,
        document text NOT NULL,
        sha256 text NOT NULL,
        closing_balance numeric NOT NULL,
        PRIMARY KEY (agreement_id, id),
        UNIQUE (agreement_id, sequence)
      )`);
    await runner.query(`
      CREATE UNIQUE INDEX statements_by_period ON statements (agreement_id, period) WHERE state <> 'void'`);
    await runner.query(`CREATE INDEX statements_by_id ON statements (id)`);
    await runner.query(`
      CREATE TABLE statement_lines (
        agreement_id uuid NOT NULL,
        statement_id uuid NOT NULL,
        position integer NOT NULL,
        id uuid NOT NULL,
        PRIMARY KEY (agreement_id, statement_id, position),
        UNIQUE (agreement_id, id),
        FOREIGN KEY (agreement_id, statement_id) REFERENCES statements
      )`);
    await runner.query(`
      CREATE TABLE credits (
        agreement_id uuid NOT NULL,
        statement_id uuid NOT NULL,
        provider_id uuid NOT NULL REFERENCES providers,
        position integer NOT NULL,
        id uuid NOT NULL,
        customer text NOT NULL,
        direction text NOT NULL CHECK (direction IN ('aToB', 'bToA')),
        side text NOT NULL CHECK (side IN ('egress', 'ingress')),
        bytes numeric NOT NULL CHECK (bytes >= 0),
        unit text NOT NULL,
        unit_price text,
        price_from timestamptz,
        region text,
        amount numeric,
        currency text NOT NULL,
        PRIMARY KEY (agreement_id, statement_id, provider_id, position),
        UNIQUE (agreement_id, id),
        FOREIGN KEY (agreement_id, statement_id) REFERENCES statements,
        CHECK ((unit_price IS NULL) = (amount IS NULL))
      )`);
    // provider_id is null for a rendering that both parties may read.
    await runner.query(`
      CREATE TABLE statement_renderings (
        agreement_id uuid NOT NULL,
        statement_id uuid NOT NULL,
        kind text NOT NULL,
        provider_id uuid REFERENCES providers,
        content bytea NOT NULL,
        sha256 text NOT NULL,
        FOREIGN KEY (agreement_id, statement_id) REFERENCES statements
      )`);
    await runner.query(`
      CREATE UNIQUE INDEX statement_renderings_key ON statement_renderings
        (agreement_id, statement_id, kind, coalesce(provider_id, '00000000-0000-0000-0000-000000000000'))`);
    await runner.query(`
      GRANT SELECT, INSERT ON statements, statement_lines, credits, statement_renderings TO peerledger_service`);
    await runner.query(`GRANT UPDATE (state) ON statements TO peerledger_service`);
    await runner.query(`
      DO $$
      BEGIN
        ASSERT NOT has_column_privilege('peerledger_service', 'statements', 'document', 'UPDATE')
           AND NOT has_table_privilege('peerledger_service', 'credits', 'UPDATE')
           AND NOT has_table_privilege('peerledger_service', 'statement_renderings', 'UPDATE'),
          'what is issued is immutable';
      END
      $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE statement_renderings, credits, statement_lines, statements`);
  }
}
