import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The role that the service acts as. It owns no table, so that what it may do is exactly what later
 * migrations grant. Roles belong to the whole server, hence the care for databases migrated side by side.
 */
export class ServiceRole1764000000001 implements MigrationInterface {
  name = 'ServiceRole1764000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DO $$
      BEGIN
        PERFORM pg_advisory_xact_lock(7338531002);
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'peerledger_service') THEN
          CREATE ROLE peerledger_service NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
        END IF;
        IF NOT pg_has_role(current_user, 'peerledger_service', 'MEMBER') THEN
          GRANT peerledger_service TO CURRENT_USER;
        END IF;
      EXCEPTION
        WHEN duplicate_object OR unique_violation THEN NULL;
      END
      $$`);
    await runner.query(`REVOKE CREATE ON SCHEMA public FROM PUBLIC`);
    await runner.query(`GRANT USAGE ON SCHEMA public TO peerledger_service`);
    await runner.query(`
      DO $$
      BEGIN
        ASSERT (SELECT NOT rolsuper AND NOT rolbypassrls FROM pg_roles WHERE rolname = 'peerledger_service'),
          'the role peerledger_service must be neither superuser nor exempt from row security';
      END
      $$`);
  }

  async down(): Promise<void> {
    throw new Error('The service role is shared by every database of the server and stays.');
  }
}
