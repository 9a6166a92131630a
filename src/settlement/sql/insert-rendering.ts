import type { Transaction } from '../../platform/database/index.js';

export interface Rendering {
  agreementId: string;
  statementId: string;
  kind: string;
  /** The only party that may read it; null for both. */
  providerId: string | null;
  content: Buffer;
  sha256: string;
}

export async function insertRendering(tx: Transaction, rendering: Rendering): Promise<void> {
  await tx.query(
    `INSERT INTO statement_renderings (agreement_id, statement_id, kind, provider_id, content, sha256)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [
      rendering.agreementId,
      rendering.statementId,
      rendering.kind,
      rendering.providerId,
      rendering.content,
      rendering.sha256,
    ],
  );
}
