import type { FieldError } from '../../platform/problems/index.js';

/** A stored receipt. */
export interface BatchRow {
  id: string;
  reporterId: string;
  receivedAt: Date;
  mode: 'atomic' | 'partial';
  received: number;
  created: number;
  superseded: number;
  duplicate: number;
  rejected: number;
  totalBytes: string;
  earliest: Date | null;
  latest: Date | null;
  sha256: string;
  errors: FieldError[];
}

/** Columns that make a {@link BatchRow}; expects `batches b`. */
export const BATCH_COLUMNS = `
  b.id, b.reporter_id AS "reporterId", b.received_at AS "receivedAt", b.mode, b.received, b.created,
  b.superseded, b.duplicate, b.rejected, b.total_bytes AS "totalBytes", b.earliest, b.latest, b.sha256, b.errors`;
