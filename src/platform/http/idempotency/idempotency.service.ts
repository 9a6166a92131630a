import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../../database/index.js';
import { httpProblems } from '../problems.js';
import type { Answer } from '../render-problem.js';
import { deleteExpiredIdempotencyKeys } from '../sql/delete-expired-idempotency-keys.js';
import { deleteIdempotencyKey } from '../sql/delete-idempotency-key.js';
import { findIdempotencyKey } from '../sql/find-idempotency-key.js';
import { insertIdempotencyKey } from '../sql/insert-idempotency-key.js';
import { lockIdempotencyKey } from '../sql/lock-idempotency-key.js';
import type { IdempotencyClaim } from './claim.js';

const KEPT_DAYS = 30;
const DELETE_BATCH = 10_000;

/** Keeps the answers of idempotent requests, in the transaction of what they changed. */
@Injectable()
export class IdempotencyService {
  constructor(private readonly database: Database) {}

  /** Holds the key until the transaction ends; 409 when another request holds it. */
  async claim(tx: Transaction, claim: IdempotencyClaim): Promise<void> {
    if (await lockIdempotencyKey(tx, claim)) return;
    throw httpProblems.idempotency_in_progress(
      'A request with this Idempotency-Key is still running; ask again.',
    );
  }

  /** The stored answer, marked as replayed; 422 when the key was used for another request. */
  async replay(tx: Transaction, claim: IdempotencyClaim, fingerprint: Buffer): Promise<Answer | null> {
    const row = await findIdempotencyKey(tx, claim, KEPT_DAYS);
    if (!row) return null;
    if (row.expired) {
      await deleteIdempotencyKey(tx, claim);
      return null;
    }
    if (!row.fingerprint.equals(fingerprint)) {
      throw httpProblems.idempotency_key_reused(
        'This Idempotency-Key was used for a request with another query or body; choose a new one.',
      );
    }
    return { status: row.status, headers: { ...row.headers, 'Idempotent-Replayed': 'true' }, body: row.body };
  }

  /** Stores the answer; it lasts if the transaction commits. */
  async store(tx: Transaction, claim: IdempotencyClaim, fingerprint: Buffer, answer: Answer): Promise<void> {
    await insertIdempotencyKey(tx, claim, { ...answer, fingerprint });
  }

  /** Deletes the keys that have expired; gives how many. For a worker to call now and then. */
  async deleteExpired(): Promise<number> {
    let deleted_count = 0;
    for (;;) {
      const batch_count = await deleteExpiredIdempotencyKeys(this.database, KEPT_DAYS, DELETE_BATCH);
      deleted_count += batch_count;
      if (batch_count < DELETE_BATCH) return deleted_count;
    }
  }
}
