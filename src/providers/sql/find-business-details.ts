import type { Queryable } from '../../platform/database/index.js';
import type { BusinessDetails } from '../rules/business-details.js';

/** A provider's latest details, if it has given any. */
export async function findBusinessDetails(
  db: Queryable,
  providerId: string,
): Promise<BusinessDetails | undefined> {
  const [row] = await db.query<{ document: BusinessDetails }>(
    `SELECT document FROM provider_business_details WHERE provider_id = $1 ORDER BY position DESC LIMIT 1`,
    [providerId],
  );
  return row?.document;
}
