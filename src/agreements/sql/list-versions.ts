import type { Queryable } from '../../platform/database/index.js';
import { VERSION_COLUMNS, type VersionRow } from './version-row.js';

/** An agreement's versions above `afterVersion`, ascending. */
export async function listVersions(
  db: Queryable,
  agreementId: string,
  afterVersion = 0,
  limit: number | null = null,
): Promise<VersionRow[]> {
  return db.query<VersionRow>(
    `SELECT ${VERSION_COLUMNS}
       FROM agreement_versions v
      WHERE v.agreement_id = $1 AND v.version > $2
      ORDER BY v.version
      LIMIT $3`,
    [agreementId, afterVersion, limit],
  );
}
