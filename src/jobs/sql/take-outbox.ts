import type { Transaction } from '../../platform/database/index.js';

export interface OutboxRow {
  jobId: string;
  attempt: number;
}

/**
 * Removes the oldest outbox rows and gives them. The caller puts them into the queue before it commits, so a
 * crash in between puts them there again, which the queue tells by their ids.
 */
export async function takeOutbox(tx: Transaction, limit: number): Promise<OutboxRow[]> {
  return tx.query<OutboxRow>(
    `DELETE FROM outbox
      WHERE id IN (SELECT id FROM outbox ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED)
      RETURNING job_id AS "jobId", attempt`,
    [limit],
  );
}
