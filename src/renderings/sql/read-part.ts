import type { Queryable } from '../../platform/database/index.js';

/** A part of a stored rendering, counted from 1; undefined after the last. */
export async function readPart(
  db: Queryable,
  rendering: { agreementId: string; id: string },
  part: number,
): Promise<Buffer | undefined> {
  const [row] = await db.query<{ content: Buffer }>(
    `SELECT content FROM rendering_parts WHERE agreement_id = $1 AND rendering_id = $2 AND part = $3`,
    [rendering.agreementId, rendering.id, part],
  );
  return row?.content;
}
