import type { Queryable } from '../../platform/database/index.js';

/** What a rendering is found by. */
export interface RenderingKey {
  agreementId: string;
  statementId: string;
  kind: string;
  /** The only party that may read it; null where everybody who may read the statement may. */
  providerId: string | null;
}

/** A stored rendering without its bytes. */
export interface StoredRendering {
  agreementId: string;
  id: string;
  /** Hex. */
  sha256: string;
  /** Bytes. */
  size: number;
}

export async function findRendering(db: Queryable, key: RenderingKey): Promise<StoredRendering | undefined> {
  const [row] = await db.query<Omit<StoredRendering, 'size'> & { size: string }>(
    `SELECT agreement_id AS "agreementId", id, sha256, size
       FROM statement_renderings
      WHERE agreement_id = $1 AND statement_id = $2 AND kind = $3 AND provider_id IS NOT DISTINCT FROM $4`,
    [key.agreementId, key.statementId, key.kind, key.providerId],
  );
  return row && { ...row, size: Number(row.size) };
}
