import type { Transaction } from '../platform/database/index.js';
import type { IntakeStep, OpenBatch } from './intake-thread.js';
import { RECORD_ROW_COLUMNS } from './intake/record-rows.js';
import { densestPages } from './rules/densest-pages.js';
import { copyRecords } from './sql/copy-records.js';
import { findByKey } from './sql/find-by-key.js';
import { findPages } from './sql/find-pages.js';
import { listUnknownOnPages } from './sql/list-unknown-on-pages.js';
import { listUnknown } from './sql/list-unknown.js';
import { prepareIncoming } from './sql/prepare-incoming.js';

export type Chunk = Extract<IntakeStep, { kind: 'chunk' }>;

const UNIQUE_VIOLATION = '23505';
const PAGE_BYTES = 8_192;
/** A row as it is stored, next to what COPY takes: its ids and its header come on top. */
const STORED_PART = 1.25;

/**
 * Stores the chunks of a batch. One of ids that were never sent is copied straight into the table; if one of them
 * was, the chunk is compared with what is stored before anything is added. Which of both it probably is, the chunk
 * before says, or a few keys that are looked up.
 */
export class ChunkStore {
  private latest: 'new' | 'known' = 'known';

  constructor(
    private readonly tx: Transaction,
    private readonly owner: { agreementId: string; reporterId: string },
    private readonly batch: Pick<OpenBatch, 'stored' | 'known' | 'compare'>,
  ) {}

  async store(chunk: Chunk): Promise<void> {
    const { tx, batch, owner } = this;
    const pages = await this.pagesOf(chunk);
    if (!chunk.mustCompare && pages.length === 0 && (await this.copyNew(chunk))) {
      this.latest = 'new';
      return batch.stored(chunk.rows);
    }
    await prepareIncoming(tx);
    await copyRecords(tx, 'incoming_records', RECORD_ROW_COLUMNS, chunk.rows);
    const ranks = await this.unknownOf(chunk, pages);
    this.latest = 'known';
    if (ranks.length === 0) return batch.known(chunk.rows);
    const added = await batch.compare(chunk.rows, ranks, await findByKey(tx, owner.agreementId, ranks));
    if (added.count > 0) await copyRecords(tx, 'traffic_record_rows', RECORD_ROW_COLUMNS, added.rows);
  }

  /** On which pages a few of the chunk's records lie that are stored; none is looked for where none is expected. */
  private async pagesOf({ mustCompare, probes }: Chunk): Promise<number[]> {
    if (this.latest === 'new' && !mustCompare) return [];
    return findPages(this.tx, this.owner.agreementId, probes);
  }

  /** The ranks of what is not stored just as it is: looked for where a chunk like it lies, and what is not there by its key. */
  private async unknownOf({ rows, probes }: Chunk, pages: readonly number[]): Promise<number[]> {
    const { tx, owner } = this;
    const range = densestPages(pages, probes.length, Math.ceil((rows.length * STORED_PART) / PAGE_BYTES));
    const ranks = range && (await listUnknownOnPages(tx, owner, range));
    return ranks?.length === 0 ? ranks : listUnknown(tx, owner, ranks);
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
