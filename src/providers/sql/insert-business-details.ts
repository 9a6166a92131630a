import type { Transaction } from '../../platform/database/index.js';
import type { BusinessDetails } from '../rules/business-details.js';

/** Adds a provider's details, which count from now on. The provider's row is locked against another at once. */
export async function insertBusinessDetails(
  tx: Transaction,
  providerId: string,
  details: BusinessDetails,
): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended($1::text, 74))`, [providerId]);
  await tx.query(
    `INSERT INTO provider_business_details (provider_id, position, recorded_at, document)
     SELECT $1::uuid, 1 + count(*), clock_timestamp(), $2::jsonb
       FROM provider_business_details
      WHERE provider_id = $1`,
    [providerId, JSON.stringify(details)],
  );
}
