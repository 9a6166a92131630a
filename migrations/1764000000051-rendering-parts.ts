import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Renderings in parts of at most 1 MiB, so that a large one is stored and sent in constant memory. */
export class RenderingParts1764000000051 implements MigrationInterface {
  name = 'RenderingParts1764000000051';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE statement_renderings
        ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid(),
        ADD COLUMN size bigint CHECK (size >= 0)`);
    await runner.query(`UPDATE statement_renderings SET size = octet_length(content)`);
    await runner.query(`
      ALTER TABLE statement_renderings
        ALTER COLUMN size SET NOT NULL,
        ALTER COLUMN id DROP DEFAULT,
        ADD PRIMARY KEY (agreement_id, id)`);
    // The hash of a rendering is known when its last part is: parts are stored before the row that names them.
    await runner.query(`
      CREATE TABLE rendering_parts (
        agreement_id uuid NOT NULL,
        rendering_id uuid NOT NULL,
        part integer NOT NULL CHECK (part > 0),
        content bytea NOT NULL CHECK (octet_length(content) BETWEEN 1 AND 1048576),
        PRIMARY KEY (agreement_id, rendering_id, part),
        FOREIGN KEY (agreement_id, rendering_id) REFERENCES statement_renderings DEFERRABLE INITIALLY DEFERRED
      )`);
    await runner.query(`
      INSERT INTO rendering_parts (agreement_id, rendering_id, part, content)
      SELECT agreement_id, id, part, substring(content FROM 1048576 * (part - 1) + 1 FOR 1048576)
        FROM statement_renderings, generate_series(1, ((size + 1048575) / 1048576)::integer) part`);
    await runner.query(`SET CONSTRAINTS ALL IMMEDIATE`);
    await runner.query(`ALTER TABLE statement_renderings DROP COLUMN content`);
    await runner.query(`GRANT SELECT, INSERT ON rendering_parts TO peerledger_service`);
    await runner.query(`
      DO $$
      BEGIN
        ASSERT NOT has_table_privilege('peerledger_service', 'rendering_parts', 'UPDATE')
           AND NOT has_table_privilege('peerledger_service', 'rendering_parts', 'DELETE'),
          'what is issued is immutable';
        ASSERT (SELECT count(*) FROM statement_renderings r
                 WHERE r.size <> coalesce((SELECT sum(octet_length(p.content)) FROM rendering_parts p
                                            WHERE p.agreement_id = r.agreement_id AND p.rendering_id = r.id), 0)) = 0,
          'every byte was kept';
      END
      $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE statement_renderings ADD COLUMN content bytea`);
    await runner.query(`
      UPDATE statement_renderings r
         SET content = coalesce((SELECT string_agg(p.content, NULL ORDER BY p.part) FROM rendering_parts p
                                  WHERE p.agreement_id = r.agreement_id AND p.rendering_id = r.id), '')`);
    await runner.query(`DROP TABLE rendering_parts`);
    await runner.query(`
      ALTER TABLE statement_renderings ALTER COLUMN content SET NOT NULL, DROP COLUMN id, DROP COLUMN size`);
  }
}
