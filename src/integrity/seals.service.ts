import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Agreement } from '../agreements/index.js';
import { entryLeaves, leafText, LedgerService, type EntryLeaf } from '../ledger/index.js';
import { Database, type Queryable } from '../platform/database/index.js';
import { SigningService } from '../platform/signing/index.js';
import { CloseService, type IssueObserver } from '../settlement/index.js';
import { integrityProblems } from './integrity.errors.js';
import { inclusionPath, leafHash, merkleRoot } from './rules/merkle.js';
import type { EntryProof, SignedSeal } from './rules/proofs.js';
import { SEAL_TYPE, sealText, type SealDocument, type SealedBook } from './rules/seal.js';
import { findLastSeal } from './sql/find-last-seal.js';
import { insertSeal } from './sql/insert-seal.js';
import { listSeals } from './sql/list-seals.js';

/** A part of a book: its last link, and the hash of every entry in it. */
export interface BookPart {
  sequence: bigint;
  sha256: string | null;
  leaves: Buffer[];
}

/** Seals an agreement's books with every statement, and shows what is sealed with a signature. */
@Injectable()
export class SealsService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly closing: CloseService,
    private readonly ledger: LedgerService,
    private readonly signing: SigningService,
  ) {}

  onModuleInit(): void {
    this.closing.observeIssues((...issued) => this.seal(...issued));
  }

  /** An agreement's seals after a number, oldest first, each signed. */
  async list(agreement: Agreement, after: number, limit: number): Promise<SignedSeal[]> {
    const seals = await listSeals(this.database, agreement.id, after, limit);
    return Promise.all(seals.map(({ text }) => this.sign(text)));
  }

  /** One seal, signed. */
  async find(agreement: Agreement, number: number): Promise<SignedSeal> {
    const [seal] = await listSeals(this.database, agreement.id, number - 1, 1);
    if (seal?.number !== number)
      throw integrityProblems.ledger_head_not_found('There is no such ledger head.');
    return this.sign(seal.text);
  }

  /** That an entry is in its book, by the seal of its period. Throws where that is still to come. */
  async prove(
    provider: { id: string; code: string },
    entryId: string,
    agreementIds: string[],
  ): Promise<EntryProof> {
    return this.database.snapshot(async (tx) => {
      const place = await this.ledger.entryPlace(provider.id, entryId, agreementIds);
      if (!place) throw integrityProblems.ledger_entry_not_found('There is no such entry in the book.');
      const { agreementId, position } = place;
      const sequence = BigInt(place.sequence);
      const found = await this.sealOver(tx, agreementId, provider.code, sequence);
      if (!found) {
        throw integrityProblems.ledger_entry_not_sealed(
          'The entry is sealed with the next statement of its agreement; ask again then.',
        );
      }
      const range = { agreementId, bookId: provider.id, ...rangeOf(found.book) };
      const leaves: Buffer[] = [];
      let proven: { entry: EntryLeaf; index: number } | null = null;
      for await (const link of this.ledger.links(range)) {
        for (const leaf of entryLeaves(link.canonical)) {
          if (link.sequence === sequence && leaf.position === position)
            proven = { entry: leaf, index: leaves.length };
          leaves.push(leafHash(leafText(leaf)));
        }
      }
      const { index, size, path } = inclusionPath(leaves, proven!.index);
      const hexPath = path.map((hash) => hash.toString('hex'));
      return {
        type: 'peerledger-entry-proof',
        entry: proven!.entry,
        index,
        size,
        path: hexPath,
        ...(await this.sign(found.text)),
      };
    });
  }

  /** What a part of a book holds; read in the caller's transaction. */
  async partOf(agreementId: string, bookId: string, after: bigint, upTo: bigint | null): Promise<BookPart> {
    const part: BookPart = { sequence: after, sha256: null, leaves: [] };
    for await (const link of this.ledger.links({ agreementId, bookId, after, upTo })) {
      part.sequence = link.sequence;
      part.sha256 = link.sha256.toString('hex');
      for (const leaf of entryLeaves(link.canonical)) part.leaves.push(leafHash(leafText(leaf)));
    }
    return part;
  }

  private async seal(...[tx, { agreement, statement }]: Parameters<IssueObserver>): Promise<void> {
    const last = await findLastSeal(tx, agreement.id);
    const before = last ? (JSON.parse(last.text) as SealDocument) : null;
    const books: SealedBook[] = [];
    for (const { id, code } of [agreement.partyA, agreement.partyB]) {
      const sealed = before?.books.find(({ provider }) => provider === code);
      const after = BigInt(sealed?.sequence ?? 0);
      const { sequence, sha256, leaves } = await this.partOf(agreement.id, id, after, null);
      books.push({
        provider: code,
        sequence: String(sequence),
        sha256: sha256 ?? sealed?.sha256 ?? null,
        entries: { from: String(after + 1n), count: leaves.length, root: merkleRoot(leaves).toString('hex') },
      });
    }
    const number = (last?.number ?? 0) + 1;
    const { text, sha256 } = sealText({
      type: SEAL_TYPE,
      agreement: agreement.code,
      number,
      period: statement.period,
      statement: statement.number,
      sealedAt: statement.issuedAt,
      books,
      previousSha256: last?.sha256 ?? null,
    });
    const { id: statementId, period } = statement;
    await insertSeal(tx, { agreementId: agreement.id, number, statementId, period, document: text, sha256 });
  }

  private async sealOver(
    tx: Queryable,
    agreementId: string,
    provider: string,
    sequence: bigint,
  ): Promise<{ text: string; book: SealedBook } | null> {
    for (const { text } of await listSeals(tx, agreementId)) {
      const book = (JSON.parse(text) as SealDocument).books.find((each) => each.provider === provider);
      if (book && BigInt(book.sequence) >= sequence) return { text, book };
    }
    return null;
  }

  /** Signed when it is shown, as receipts are: Ed25519 gives the same signature every time. */
  private async sign(text: string): Promise<SignedSeal> {
    const head = JSON.parse(text) as SealDocument;
    const [signature, { keys }] = [await this.signing.sign(head), await this.signing.publicKeys()];
    return { head, sha256: sealText(head).sha256, signature, key: keys[0]! };
  }
}

/** The part of a chain that a seal's tree is of. */
export function rangeOf({ entries, sequence }: SealedBook): { after: bigint; upTo: bigint } {
  return { after: BigInt(entries.from) - 1n, upTo: BigInt(sequence) };
}
