import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Jobs as their owners see them, and the outbox through which they enter the queue. */
export class Jobs1764000000008 implements MigrationInterface {
  name = 'Jobs1764000000008';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE jobs (
        id uuid PRIMARY KEY,
        kind text NOT NULL,
        subject text NOT NULL,
        owner_ids uuid[] NOT NULL,
        state text NOT NULL CHECK (state IN ('queued', 'running', 'completed', 'failed')),
        attempt integer NOT NULL DEFAULT 0,
        done integer NOT NULL DEFAULT 0,
        total integer NOT NULL DEFAULT 0,
        result jsonb,
        error jsonb,
        created_at timestamptz NOT NULL,
        touched_at timestamptz NOT NULL
      )`);
    // One live job for one piece of work: a second request joins the first.
    await runner.query(`
      CREATE UNIQUE INDEX jobs_live ON jobs (kind, subject) WHERE state IN ('queued', 'running')`);
    await runner.query(
      `CREATE INDEX jobs_unfinished ON jobs (touched_at) WHERE state IN ('queued', 'running')`,
    );
    await runner.query(`
      CREATE TABLE outbox (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        job_id uuid NOT NULL REFERENCES jobs,
        kind text NOT NULL,
        attempt integer NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`GRANT SELECT, INSERT, UPDATE ON jobs TO peerledger_service`);
    await runner.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON outbox TO peerledger_service`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE outbox, jobs`);
  }
}
