import type { Transaction } from '../../platform/database/index.js';

/** Stores a part of a rendering that is not there yet; it has to be before the transaction ends. */
export async function insertPart(
  tx: Transaction,
  rendering: { agreementId: string; id: string; providerId: string | null },
  part: number,
  content: Buffer,
): Promise<void> {
  await tx.query(
    `INSERT INTO rendering_parts (agreement_id, rendering_id, provider_id, part, content)
     VALUES ($1, $2, $3, $4, $5)`,
    [rendering.agreementId, rendering.id, rendering.providerId, part, content],
  );
}
