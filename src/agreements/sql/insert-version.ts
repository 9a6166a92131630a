import type { Transaction } from '../../platform/database/index.js';

export interface NewVersion {
  agreementId: string;
  version: number;
  effectiveFrom: string;
  document: string;
  sha256: string;
  proposedBy: string;
  proposedAt: Date;
}

export async function insertVersion(tx: Transaction, version: NewVersion): Promise<void> {
  await tx.query(
    `INSERT INTO agreement_versions
       (agreement_id, version, effective_from, document, sha256, proposed_by, proposed_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [
      version.agreementId,
      version.version,
      version.effectiveFrom,
      version.document,
      version.sha256,
      version.proposedBy,
      version.proposedAt,
    ],
  );
}
