import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Disputes with every step that they took, and what parties agreed on: bytes of buckets, which reconciliation
 * reads, and amounts, which the next statement carries. Steps and agreements are only ever added.
 */
export class Disputes1764000000060 implements MigrationInterface {
  name = 'Disputes1764000000060';

  async up(runner: QueryRunner): Promise<void> {
    await createDisputes(runner);
    await createOutcomes(runner);
    await runner.query(`
      GRANT SELECT, INSERT ON disputes, disputed_lines, dispute_steps, agreed_bytes, concessions
        TO peerledger_service`);
    await runner.query(`GRANT UPDATE (state, lapses_at) ON disputes TO peerledger_service`);
    await runner.query(`
      DO $$
      BEGIN
        ASSERT NOT has_table_privilege('peerledger_service', 'dispute_steps', 'UPDATE')
           AND NOT has_table_privilege('peerledger_service', 'dispute_steps', 'DELETE')
           AND NOT has_table_privilege('peerledger_service', 'agreed_bytes', 'UPDATE')
           AND NOT has_table_privilege('peerledger_service', 'concessions', 'UPDATE'),
          'what was said and agreed stays so';
      END
      $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE concessions, agreed_bytes, dispute_steps, disputed_lines, disputes`);
  }
}

async function createDisputes(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE disputes (
      agreement_id uuid NOT NULL REFERENCES agreements,
      id uuid NOT NULL,
      period text NOT NULL,
      statement_id uuid,
      line_id uuid,
      direction text CHECK (direction IN ('aToB', 'bToA')),
      bucket_start timestamptz,
      source_region text,
      destination_region text,
      service text,
      reason text NOT NULL CHECK (reason IN ('rate', 'reference_data', 'volume', 'time_zone', 'period_boundary',
        'missing_declaration', 'double_counting', 'commitment')),
      raised_by uuid NOT NULL REFERENCES providers,
      raised_at timestamptz NOT NULL,
      payer text NOT NULL CHECK (payer IN ('A', 'B')),
      claimed_bytes numeric CHECK (claimed_bytes >= 0),
      claimed_amount numeric,
      disputed_amount numeric NOT NULL,
      state text NOT NULL
        CHECK (state IN ('raised', 'proposed', 'resolved', 'withdrawn', 'escalated', 'time_barred')),
      lapses_at timestamptz,
      PRIMARY KEY (agreement_id, id),
      FOREIGN KEY (agreement_id, statement_id) REFERENCES statements,
      FOREIGN KEY (agreement_id, line_id) REFERENCES statement_lines (agreement_id, id),
      CHECK ((line_id IS NULL) = (bucket_start IS NOT NULL)),
      CHECK ((bucket_start IS NULL) = (source_region IS NULL)
         AND (bucket_start IS NULL) = (destination_region IS NULL) AND (bucket_start IS NULL) = (service IS NULL)),
      CHECK (line_id IS NULL OR statement_id IS NOT NULL),
      CHECK (bucket_start IS NULL OR (direction IS NOT NULL AND claimed_bytes IS NOT NULL)),
      CHECK ((lapses_at IS NOT NULL) = (state IN ('raised', 'proposed')))
    )`);
  await runner.query(`CREATE INDEX disputes_by_id ON disputes (id)`);
  await runner.query(`CREATE INDEX disputes_by_lapse ON disputes (lapses_at) WHERE lapses_at IS NOT NULL`);
  await runner.query(`CREATE INDEX disputes_by_statement ON disputes (agreement_id, statement_id)`);
  // What a dispute contests of what a statement's line charged; a claim for more contests nothing.
  await runner.query(`
    CREATE TABLE disputed_lines (
      agreement_id uuid NOT NULL,
      dispute_id uuid NOT NULL,
      line_id uuid NOT NULL,
      payer text NOT NULL CHECK (payer IN ('A', 'B')),
      charged numeric NOT NULL,
      amount numeric NOT NULL CHECK (amount > 0 AND amount <= abs(charged)),
      PRIMARY KEY (agreement_id, dispute_id, line_id),
      FOREIGN KEY (agreement_id, dispute_id) REFERENCES disputes,
      FOREIGN KEY (agreement_id, line_id) REFERENCES statement_lines (agreement_id, id)
    )`);
  await runner.query(`CREATE INDEX disputed_lines_by_line ON disputed_lines (agreement_id, line_id)`);
  // provider_id and key_id are null for what the scheduler did.
  await runner.query(`
    CREATE TABLE dispute_steps (
      agreement_id uuid NOT NULL,
      dispute_id uuid NOT NULL,
      position integer NOT NULL CHECK (position > 0),
      id uuid NOT NULL,
      kind text NOT NULL CHECK (kind IN ('raise', 'propose', 'consent', 'withdraw', 'escalate', 'time_bar')),
      provider_id uuid REFERENCES providers,
      key_id uuid,
      taken_at timestamptz NOT NULL,
      recorded bigint NOT NULL,
      from_state text,
      to_state text NOT NULL,
      withheld_before numeric NOT NULL,
      withheld_after numeric NOT NULL,
      evidence jsonb NOT NULL,
      resolution jsonb,
      PRIMARY KEY (agreement_id, dispute_id, position),
      UNIQUE (agreement_id, id),
      FOREIGN KEY (agreement_id, dispute_id) REFERENCES disputes,
      CHECK ((provider_id IS NULL) = (kind = 'time_bar') AND (provider_id IS NULL) = (key_id IS NULL)),
      CHECK ((from_state IS NULL) = (kind = 'raise')),
      CHECK ((resolution IS NOT NULL) = (kind IN ('propose', 'consent')))
    )`);
}

async function createOutcomes(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE agreed_bytes (
      agreement_id uuid NOT NULL,
      period text NOT NULL,
      direction text NOT NULL CHECK (direction IN ('aToB', 'bToA')),
      bucket_start timestamptz NOT NULL,
      source_region text NOT NULL,
      destination_region text NOT NULL,
      service text NOT NULL,
      bytes numeric NOT NULL CHECK (bytes >= 0 AND bytes = trunc(bytes)),
      dispute_id uuid NOT NULL,
      recorded bigint NOT NULL,
      PRIMARY KEY (agreement_id, period, direction, bucket_start, source_region, destination_region, service),
      FOREIGN KEY (agreement_id, dispute_id) REFERENCES disputes
    )`);
  await runner.query(`
    CREATE TABLE concessions (
      agreement_id uuid NOT NULL,
      dispute_id uuid NOT NULL,
      period text NOT NULL,
      direction text CHECK (direction IN ('aToB', 'bToA')),
      payer text NOT NULL CHECK (payer IN ('A', 'B')),
      amount numeric NOT NULL CHECK (amount <> 0 AND amount = trunc(amount)),
      recorded bigint NOT NULL,
      PRIMARY KEY (agreement_id, dispute_id),
      FOREIGN KEY (agreement_id, dispute_id) REFERENCES disputes
    )`);
}
