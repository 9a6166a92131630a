import type { Queryable } from '../../platform/database/index.js';
import type { ProviderRow } from './provider-row.js';

export interface NewProviderRow {
  id: string;
  code: string;
  name: string;
  asns: readonly number[];
  billingCurrency: string;
}

/** Registers a provider; gives nothing when the code is taken. */
export async function insertProvider(tx: Queryable, row: NewProviderRow): Promise<ProviderRow | undefined> {
  const rows = await tx.query<ProviderRow>(
    `INSERT INTO providers (id, code, name, asns, billing_currency, created_at)
     VALUES ($1, $2, $3, $4, $5, now())
     ON CONFLICT (code) DO NOTHING
     RETURNING id, code, name, asns, billing_currency, created_at`,
    [row.id, row.code, row.name, row.asns, row.billingCurrency],
  );
  return rows[0];
}
