import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What says whose a record is and in which batch it came, and the setting that it is taken from. */
const STATED: Record<string, string> = {
  agreement_id: 'app.agreement',
  reporter_id: 'app.provider',
  batch_id: 'app.batch',
};
const COPIED = [
  'record_key',
  'arrival',
  'revision',
  'bytes',
  'starts_at',
  'ends_at',
  'void',
  'direction',
  'record_id',
  'source_region',
  'destination_region',
  'service',
  'customer',
  'charged_unit_price',
];

/**
 * What is copied in past the row policies cannot be anybody else's: the service may not write the columns that say
 * whose a record is. They have defaults, which the transaction's settings give.
 */
export class TenantsOwnCopies1764000000195 implements MigrationInterface {
  name = 'TenantsOwnCopies1764000000195';

  async up(runner: QueryRunner): Promise<void> {
    // Called stable it would be evaluated for each row. COPY plans its defaults anew each time, and keeps no plan.
    await runner.query(`
      CREATE FUNCTION id_set_before_copy(setting text) RETURNS uuid LANGUAGE sql IMMUTABLE
        AS $$ SELECT nullif(current_setting(setting, true), '')::uuid $$`);
    await runner.query(`
      COMMENT ON FUNCTION id_set_before_copy IS
        'For defaults of what only COPY writes: the plan of a prepared statement would keep what it gave first.'`);
    for (const [column, setting] of Object.entries(STATED))
      await runner.query(`
        ALTER TABLE traffic_record_rows ALTER ${column} SET DEFAULT id_set_before_copy('${setting}')`);
    await runner.query(`REVOKE INSERT ON traffic_record_rows FROM peerledger_service`);
    await runner.query(`GRANT INSERT (${COPIED.join(', ')}) ON traffic_record_rows TO peerledger_service`);
    await runner.query(`
      DO $$
      BEGIN
        ASSERT (SELECT array_agg(attname::text ORDER BY attname) = '{agreement_id,batch_id,reporter_id}'
                  FROM pg_attribute
                 WHERE attrelid = 'traffic_record_rows'::regclass AND attnum > 0 AND NOT attisdropped
                   AND NOT has_column_privilege('peerledger_service', attrelid, attnum, 'INSERT')),
          'the service says nothing of whose a record is';
      END
      $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`REVOKE INSERT (${COPIED.join(', ')}) ON traffic_record_rows FROM peerledger_service`);
    await runner.query(`GRANT INSERT ON traffic_record_rows TO peerledger_service`);
    for (const column of Object.keys(STATED))
      await runner.query(`ALTER TABLE traffic_record_rows ALTER ${column} DROP DEFAULT`);
    await runner.query(`DROP FUNCTION id_set_before_copy(text)`);
  }
}
