import type { Transaction } from '../../platform/database/index.js';

export interface NewSeal {
  agreementId: string;
  number: number;
  statementId: string;
  period: string;
  document: string;
  sha256: string;
}

export async function insertSeal(tx: Transaction, seal: NewSeal): Promise<void> {
  await tx.query(
    `INSERT INTO ledger_seals (agreement_id, number, statement_id, period, document, sha256)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [seal.agreementId, seal.number, seal.statementId, seal.period, seal.document, seal.sha256],
  );
}
