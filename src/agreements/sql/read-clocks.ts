import type { Queryable } from '../../platform/database/index.js';

/** What each agreement's clock shows, by agreement id: a text that changes whenever anything is recorded. */
export async function readClocks(
  db: Queryable,
  agreementIds: readonly string[],
): Promise<Map<string, string>> {
  const rows = await db.query<{ id: string; shows: string }>(
    `SELECT agreement_id AS id, recorded || '/' || terms_epoch AS shows
       FROM agreement_clocks
      WHERE agreement_id = ANY ($1::uuid[])`,
    [agreementIds],
  );
  return new Map(rows.map(({ id, shows }) => [id, shows]));
}
