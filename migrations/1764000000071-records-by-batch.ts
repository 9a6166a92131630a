import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a batch stored is found by it: its records lie side by side and its id grows with time, so that one more
 * column of the block ranges tells where. A tree would take its share of every record that comes in.
 */
export class RecordsByBatch1764000000071 implements MigrationInterface {
  name = 'RecordsByBatch1764000000071';

  async up(runner: QueryRunner): Promise<void> {
    await index(runner, 'agreement_id, starts_at, batch_id');
  }

  async down(runner: QueryRunner): Promise<void> {
    await index(runner, 'agreement_id, starts_at');
  }
}

async function index(runner: QueryRunner, columns: string): Promise<void> {
  await runner.query(`DROP INDEX traffic_records_by_time`);
  await runner.query(`
    CREATE INDEX traffic_records_by_time ON traffic_records USING brin (${columns})
      WITH (autosummarize = on, pages_per_range = 32)`);
}
