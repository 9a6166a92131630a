import type { Queryable } from '../../platform/database/index.js';

export interface StoredRendering {
  content: Buffer;
  sha256: string;
}

/** A statement's stored rendering: the one for both parties, or with a provider the one for it alone. */
export async function findRendering(
  db: Queryable,
  statement: { agreementId: string; id: string },
  kind: string,
  providerId: string | null,
): Promise<StoredRendering | undefined> {
  const [row] = await db.query<StoredRendering>(
    `SELECT content, sha256
       FROM statement_renderings
      WHERE agreement_id = $1 AND statement_id = $2 AND kind = $3 AND provider_id IS NOT DISTINCT FROM $4`,
    [statement.agreementId, statement.id, kind, providerId],
  );
  return row;
}
