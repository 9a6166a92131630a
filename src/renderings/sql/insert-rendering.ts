import type { Transaction } from '../../platform/database/index.js';
import type { RenderingKey } from './find-rendering.js';

/** Names stored parts a rendering; false where there is one of the kind already, which stays. */
export async function insertRendering(
  tx: Transaction,
  key: RenderingKey,
  rendering: { id: string; sha256: string; size: number },
): Promise<boolean> {
  const rows = await tx.query(
    `INSERT INTO statement_renderings (agreement_id, statement_id, kind, provider_id, id, sha256, size)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT DO NOTHING
     RETURNING id`,
    [
      key.agreementId,
      key.statementId,
      key.kind,
      key.providerId,
      rendering.id,
      rendering.sha256,
      rendering.size,
    ],
  );
  return rows.length > 0;
}
