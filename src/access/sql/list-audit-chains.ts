import type { Queryable } from '../../platform/database/index.js';

/** Chains with the code of their provider, found by whatever is left of them. */
export async function listAuditChains(
  db: Queryable,
): Promise<{ chainId: string; provider: string | null }[]> {
  return db.query(
    `SELECT chain.chain_id AS "chainId", p.code AS provider
       FROM (SELECT chain_id FROM audit_heads UNION SELECT DISTINCT chain_id FROM audit_events) AS chain
       LEFT JOIN providers p ON p.id = chain.chain_id
      ORDER BY chain.chain_id`,
  );
}
