import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Makes room for row security on what arrives by COPY, which PostgreSQL refuses on a table that has it: records lie
 * in `traffic_record_rows`, which the service may copy into and not read, and are read as `traffic_records`, of
 * which that is the only partition. Parts of renderings say whose they are, as renderings do.
 */
export class GuardedRecords1764000000180 implements MigrationInterface {
  name = 'GuardedRecords1764000000180';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE traffic_records RENAME TO traffic_record_rows`);
    await runner.query(`
      ALTER TABLE traffic_record_rows RENAME CONSTRAINT traffic_records_pkey TO traffic_record_rows_pkey`);
    await runner.query(`ALTER INDEX traffic_records_by_time RENAME TO traffic_record_rows_by_time`);
    await runner.query(`
      CREATE TABLE traffic_records (LIKE traffic_record_rows INCLUDING CONSTRAINTS) PARTITION BY LIST (agreement_id)`);
    await runner.query(`
      ALTER TABLE traffic_records
        ADD CONSTRAINT traffic_records_pkey PRIMARY KEY (agreement_id, record_key, arrival)`);
    await runner.query(`ALTER TABLE traffic_records ATTACH PARTITION traffic_record_rows DEFAULT`);
    await runner.query(`REVOKE ALL ON traffic_record_rows FROM peerledger_service`);
    await runner.query(`GRANT INSERT ON traffic_record_rows TO peerledger_service`);
    await runner.query(`GRANT SELECT ON traffic_records TO peerledger_service`);
    await runner.query(`ALTER TABLE rendering_parts ADD COLUMN provider_id uuid REFERENCES providers`);
    await runner.query(`
      UPDATE rendering_parts p
         SET provider_id = r.provider_id
        FROM statement_renderings r
       WHERE r.agreement_id = p.agreement_id AND r.id = p.rendering_id AND r.provider_id IS NOT NULL`);
    await runner.query(`
      DO $$
      BEGIN
        ASSERT NOT has_any_column_privilege('peerledger_service', 'traffic_record_rows', 'SELECT, UPDATE')
           AND NOT has_table_privilege('peerledger_service', 'traffic_record_rows', 'DELETE, TRUNCATE'),
          'records are copied in, and never read, past the row policies';
        ASSERT (SELECT count(*) FROM pg_index i JOIN pg_inherits h ON h.inhrelid = i.indexrelid
                 WHERE i.indrelid = 'traffic_record_rows'::regclass AND i.indisprimary) = 1,
          'the index that was there is the partition''s';
      END
      $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE rendering_parts DROP COLUMN provider_id`);
    await runner.query(`ALTER TABLE traffic_records DETACH PARTITION traffic_record_rows`);
    await runner.query(`DROP TABLE traffic_records`);
    await runner.query(`ALTER TABLE traffic_record_rows RENAME TO traffic_records`);
    await runner.query(`
      ALTER TABLE traffic_records RENAME CONSTRAINT traffic_record_rows_pkey TO traffic_records_pkey`);
    await runner.query(`ALTER INDEX traffic_record_rows_by_time RENAME TO traffic_records_by_time`);
    await runner.query(`GRANT SELECT, INSERT ON traffic_records TO peerledger_service`);
  }
}
