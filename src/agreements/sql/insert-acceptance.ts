import type { Transaction } from '../../platform/database/index.js';

export interface Acceptance {
  agreementId: string;
  version: number;
  providerId: string;
  sha256: string;
  acceptedAt: Date;
}

/** Records that a party accepted a version; accepting twice changes nothing. */
export async function insertAcceptance(tx: Transaction, acceptance: Acceptance): Promise<void> {
  await tx.query(
    `INSERT INTO agreement_acceptances (agreement_id, version, provider_id, sha256, accepted_at)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT DO NOTHING`,
    [
      acceptance.agreementId,
      acceptance.version,
      acceptance.providerId,
      acceptance.sha256,
      acceptance.acceptedAt,
    ],
  );
}
