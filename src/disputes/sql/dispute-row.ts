import type { FlowDirection, Side } from '../../agreements/index.js';
import type { DisputeReason } from '../rules/dispute-reason.js';
import type { DisputeState } from '../rules/dispute-state.js';

/** A dispute as it is stored, with the names of what it concerns. */
export interface DisputeRow {
  agreementId: string;
  id: string;
  agreement: string;
  currency: string;
  /** Codes of the parties. */
  partyA: string;
  partyB: string;
  period: string;
  statementId: string | null;
  lineId: string | null;
  direction: FlowDirection | null;
  bucketStart: Date | null;
  sourceRegion: string | null;
  destinationRegion: string | null;
  service: string | null;
  reason: DisputeReason;
  raisedBy: Side;
  raisedAt: Date;
  payer: Side;
  claimedBytes: string | null;
  /** Minor units; null where a bucket is disputed. */
  claimedAmount: string | null;
  /** How the claim would change what the payer owes, in minor units. */
  disputedAmount: string;
  state: DisputeState;
  lapsesAt: Date | null;
  /** The lines of which it contests a part. */
  contestedLineIds: string[];
}

/** Columns that make a {@link DisputeRow}; expects {@link DISPUTE_TABLES}. */
export const DISPUTE_COLUMNS = `
  d.agreement_id AS "agreementId", d.id, a.code AS agreement, a.currency, pa.code AS "partyA", pb.code AS "partyB",
  d.period, d.statement_id AS "statementId", d.line_id AS "lineId", d.direction, d.bucket_start AS "bucketStart",
  d.source_region AS "sourceRegion", d.destination_region AS "destinationRegion", d.service, d.reason,
  CASE WHEN d.raised_by = a.party_a_id THEN 'A' ELSE 'B' END AS "raisedBy", d.raised_at AS "raisedAt", d.payer,
  d.claimed_bytes AS "claimedBytes", d.claimed_amount AS "claimedAmount", d.disputed_amount AS "disputedAmount",
  d.state, d.lapses_at AS "lapsesAt",
  ARRAY(SELECT l.line_id FROM disputed_lines l
         WHERE l.agreement_id = d.agreement_id AND l.dispute_id = d.id ORDER BY l.line_id) AS "contestedLineIds"`;

export const DISPUTE_TABLES = `
  disputes d
  JOIN agreements a ON a.id = d.agreement_id
  JOIN providers pa ON pa.id = a.party_a_id
  JOIN providers pb ON pb.id = a.party_b_id`;
