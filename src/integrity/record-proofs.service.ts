import { Injectable } from '@nestjs/common';
import type { Agreement } from '../agreements/index.js';
import { formatInstant } from '../period/index.js';
import { Database } from '../platform/database/index.js';
import { SigningService } from '../platform/signing/index.js';
import { TrafficService, type RecordRow } from '../traffic/index.js';
import { integrityProblems } from './integrity.errors.js';
import { inclusionPath, leafHash, merkleRoot, PackedHashes } from './rules/merkle.js';
import { recordText, type BatchRoot, type RecordLeaf, type RecordProof } from './rules/proofs.js';

/** Proves to a reporter which of its records a batch stored. Records are only ever added, so a root stays. */
@Injectable()
export class RecordProofsService {
  constructor(
    private readonly database: Database,
    private readonly signing: SigningService,
    private readonly traffic: TrafficService,
  ) {}

  /** The proof of one record of a reporter's own batch: of the revision that is named, or the highest in it. */
  async prove(
    agreement: Agreement,
    reporter: { id: string; code: string },
    batchId: string,
    wanted: { recordId: string; revision: number | null },
  ): Promise<RecordProof> {
    const batch = await this.traffic.batch(agreement, reporter.id, batchId);
    const { hashes, found } = await this.read(agreement, reporter.id, batch.id, wanted);
    if (!found) throw integrityProblems.traffic_record_not_found('The batch stored no such record.');
    const root: BatchRoot = {
      type: 'peerledger-batch-root',
      agreement: agreement.code,
      reporter: reporter.code,
      batch: batch.id,
      receivedAt: formatInstant(batch.receivedAt.getTime()),
      sha256: batch.sha256,
      records: { count: hashes.length, root: merkleRoot(hashes).toString('hex') },
    };
    const { index, size, path } = inclusionPath(hashes, found.index);
    const [signature, { keys }] = [await this.signing.sign(root), await this.signing.publicKeys()];
    return {
      type: 'peerledger-record-proof',
      record: found.record,
      index,
      size,
      path: path.map((hash) => hash.toString('hex')),
      batch: root,
      signature,
      key: keys[0]!,
    };
  }

  private async read(
    agreement: Agreement,
    reporterId: string,
    batchId: string,
    { recordId, revision }: { recordId: string; revision: number | null },
  ): Promise<{ hashes: PackedHashes; found: { index: number; record: RecordLeaf } | null }> {
    return this.database.snapshot(async (tx) => {
      const hashes = new PackedHashes();
      let found: { index: number; record: RecordLeaf } | null = null;
      const owner = { agreementId: agreement.id, reporterId };
      for await (const rows of this.traffic.batchRecords(tx, owner, batchId)) {
        for (const row of rows) {
          const record = leafOf(row);
          if (row.id === recordId && row.revision === (revision ?? row.revision))
            found = { index: hashes.length, record };
          hashes.push(leafHash(recordText(record)));
        }
      }
      return { hashes, found };
    });
  }
}

function leafOf({ batchId, start, end, ...row }: RecordRow): RecordLeaf {
  return { ...row, batch: batchId, start: formatInstant(start.getTime()), end: formatInstant(end.getTime()) };
}
