import type { FlowDirection, Side } from '../../agreements/index.js';
import type { Transaction } from '../../platform/database/index.js';
import type { DisputeReason } from '../rules/dispute-reason.js';

export interface NewDispute {
  agreementId: string;
  id: string;
  period: string;
  statementId: string | null;
  lineId: string | null;
  direction: FlowDirection | null;
  bucketStart: Date | null;
  sourceRegion: string | null;
  destinationRegion: string | null;
  service: string | null;
  reason: DisputeReason;
  /** Provider id. */
  raisedBy: string;
  raisedAt: Date;
  payer: Side;
  claimedBytes: bigint | null;
  claimedAmount: bigint | null;
  disputedAmount: bigint;
  lapsesAt: Date;
}

/** Stores a dispute that is raised. */
export async function insertDispute(tx: Transaction, dispute: NewDispute): Promise<void> {
  await tx.query(
    `INSERT INTO disputes (agreement_id, id, period, statement_id, line_id, direction, bucket_start, source_region,
       destination_region, service, reason, raised_by, raised_at, payer, claimed_bytes, claimed_amount,
       disputed_amount, state, lapses_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 'raised', $18)`,
    [
      dispute.agreementId,
      dispute.id,
      dispute.period,
      dispute.statementId,
      dispute.lineId,
      dispute.direction,
      dispute.bucketStart,
      dispute.sourceRegion,
      dispute.destinationRegion,
      dispute.service,
      dispute.reason,
      dispute.raisedBy,
      dispute.raisedAt,
      dispute.payer,
      dispute.claimedBytes,
      dispute.claimedAmount,
      dispute.disputedAmount,
      dispute.lapsesAt,
    ],
  );
}
