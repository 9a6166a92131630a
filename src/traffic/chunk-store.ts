import type { Transaction } from '../platform/database/index.js';
import type { IntakeStep, OpenBatch } from './intake-thread.js';
import { RECORD_ROW_COLUMNS } from './intake/record-rows.js';
import { copyRecords } from './sql/copy-records.js';
import { countKnown } from './sql/count-known.js';
import { findByKey } from './sql/find-by-key.js';
import { listUnknown } from './sql/list-unknown.js';
import { prepareIncoming } from './sql/prepare-incoming.js';

export type Chunk = Extract<IntakeStep, { kind: 'chunk' }>;

const UNIQUE_VIOLATION = '23505';

/**
 * Stores the chunks of a batch. One of ids that were never sent is copied straight into the table; if one of them
 * was, the chunk is compared with what is stored before anything is added. Which of both it probably is, the chunk
 * before says, or a few keys that are looked up.
 */
export class ChunkStore {
  private latest: 'new' | 'known' | 'mixed' = 'mixed';

  constructor(
    private readonly tx: Transaction,
    private readonly agreementId: string,
    private readonly batch: Pick<OpenBatch, 'stored' | 'known' | 'compare'>,
  ) {}

  async store(chunk: Chunk): Promise<void> {
    if (!chunk.mustCompare && (await this.isProbablyNew(chunk)) && (await this.copyNew(chunk))) {
      this.latest = 'new';
      return this.batch.stored(chunk.rows);
    }
    const { tx, agreementId, batch } = this;
    await prepareIncoming(tx);
    await copyRecords(tx, 'incoming_records', RECORD_ROW_COLUMNS, chunk.rows);
    const ranks = await listUnknown(tx, agreementId);
    this.latest = ranks.length === 0 ? 'known' : 'mixed';
    if (ranks.length === 0) return batch.known(chunk.rows);
    const added = await batch.compare(chunk.rows, ranks, await findByKey(tx, agreementId, ranks));
    if (added.count > 0) await copyRecords(tx, 'traffic_record_rows', RECORD_ROW_COLUMNS, added.rows);
  }

  private async isProbablyNew({ probes }: Chunk): Promise<boolean> {
    if (this.latest !== 'mixed') return this.latest === 'new';
    return (await countKnown(this.tx, this.agreementId, probes)) === 0;
  }

  /** Copies a chunk into the table; false, and nothing is added, when a key of it is there already. */
  private async copyNew({ rows }: Chunk): Promise<boolean> {
    const { tx } = this;
    try {
      await tx.attempt(() => copyRecords(tx, 'traffic_record_rows', RECORD_ROW_COLUMNS, rows));
    } catch (error) {
      if ((error as { code?: string }).code !== UNIQUE_VIOLATION) throw error;
      return false;
    }
    return true;
  }
}
