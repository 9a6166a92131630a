import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A provider's key to sign with can be revoked: it stays listed, and signs nothing any more. */
export class RevokedSigningKeys1764000000073 implements MigrationInterface {
  name = 'RevokedSigningKeys1764000000073';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE provider_signing_keys ADD COLUMN revoked_at timestamptz`);
    await runner.query(`GRANT UPDATE (revoked_at) ON provider_signing_keys TO peerledger_service`);
    await runner.query(`
      DO $$
      BEGIN
        ASSERT NOT has_column_privilege('peerledger_service', 'provider_signing_keys', 'public_jwk', 'UPDATE')
           AND NOT has_table_privilege('peerledger_service', 'provider_signing_keys', 'DELETE'),
          'who checks an old signature still finds its key';
      END
      $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE provider_signing_keys DROP COLUMN revoked_at`);
  }
}
