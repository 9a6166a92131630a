import type { Queryable } from '../../platform/database/index.js';

/** Notes what pseudonyms stand for, as far as it is not noted; in their order, as batches side by side do it too. */
export async function insertCustomerReferences(
  tx: Queryable,
  providerId: string,
  keyVersion: number,
  references: ReadonlyMap<string, string>,
): Promise<void> {
  await tx.query(
    `INSERT INTO customer_references (provider_id, pseudonym, key_version, reference)
     SELECT $1, pseudonym, $2, reference
       FROM unnest($3::text[], $4::text[]) AS made (pseudonym, reference)
      ORDER BY pseudonym COLLATE "C"
     ON CONFLICT DO NOTHING`,
    [providerId, keyVersion, [...references.keys()], [...references.values()]],
  );
}
