import { Injectable, Logger } from '@nestjs/common';
import { AuditChainsService } from '../access/index.js';
import { AgreementsService, bothParties, type Agreement } from '../agreements/index.js';
import { DisputeLog } from '../disputes/index.js';
import { LedgerService } from '../ledger/index.js';
import { Database } from '../platform/database/index.js';
import { newId } from '../platform/ids/index.js';
import { RenderingIntegrityService } from '../renderings/index.js';
import { StatementIntegrityService } from '../settlement/index.js';
import { merkleRoot } from './rules/merkle.js';
import type { IntegrityProblem, IntegrityReport } from './rules/report.js';
import {
  faultInBooks,
  faultInSeal,
  type SealDocument,
  type SealedChain,
  type StoredSeal,
} from './rules/seal.js';
import { rangeOf, SealsService } from './seals.service.js';
import { findLastCheck, type LastCheck } from './sql/find-last-check.js';
import { insertCheck } from './sql/insert-check.js';
import { listSeals } from './sql/list-seals.js';

/** What to check. */
export interface IntegrityScope {
  /** Ids of agreements; null for all. */
  agreements: readonly string[] | null;
  /** Whose chain of the audit log, by the provider's id; or every chain, or none. */
  auditChains: { of: string } | 'all' | 'none';
}

const EVERYTHING: IntegrityScope = { agreements: null, auditChains: 'all' };

/** Checks everything that anybody relies on, from the stored bytes up: books, statements, disputes, files, heads, audit log. */
@Injectable()
export class IntegrityService {
  private readonly logger = new Logger(IntegrityService.name);

  constructor(
    private readonly database: Database,
    private readonly agreements: AgreementsService,
    private readonly auditChains: AuditChainsService,
    private readonly disputes: DisputeLog,
    private readonly ledger: LedgerService,
    private readonly renderings: RenderingIntegrityService,
    private readonly seals: SealsService,
    private readonly statements: StatementIntegrityService,
  ) {}

  /**
   * Checks agreements one after the other, each in a snapshot of its own, then the audit log, and stops at the first
   * thing that is wrong. `kept` are ledger heads that somebody outside has kept: a chain that was rewritten
   * whole, heads and all, or taken away, agrees with itself, but not with them.
   */
  async verify(
    scope: IntegrityScope = EVERYTHING,
    kept: readonly SealDocument[] = [],
  ): Promise<IntegrityReport> {
    const counts = {
      ...{ agreements: 0, transactions: 0, entries: 0, statements: 0, renderings: 0, ledgerHeads: 0 },
      ...{ disputeSteps: 0, auditEvents: 0 },
    };
    const unseen = new Set(kept);
    for (const id of scope.agreements ?? (await this.everyAgreement())) {
      const agreement = await this.findAgreement(id);
      for (const head of kept) if (head.agreement === agreement?.code) unseen.delete(head);
      const verify = (): Promise<IntegrityProblem | null> =>
        this.database.snapshot(() => this.verifyAgreement(id, agreement, kept, counts));
      // Whoever asks, both books are checked against each other; what is found tells of no content.
      const problem = await (agreement ? this.database.actFor(bothParties(agreement), verify) : verify());
      if (problem) return { counts, firstProblem: problem };
      counts.agreements += 1;
    }
    const [orphan] = unseen;
    const firstProblem = orphan ? withoutAgreement(orphan) : await this.verifyAudit(scope, counts);
    return { counts, firstProblem };
  }

  /** Checks everything and keeps the result, unless somebody has within the interval. */
  async verifyOnSchedule(interval_ms: number): Promise<IntegrityReport | null> {
    const last = await this.lastCheck();
    const startedAt = new Date();
    if (last && startedAt.getTime() - last.startedAt.getTime() < interval_ms) return null;
    const report = await this.verify();
    await insertCheck(this.database, { id: newId(), startedAt, finishedAt: new Date() }, report);
    if (report.firstProblem) this.logger.error(report.firstProblem, 'what is stored does not hold together');
    return report;
  }

  async lastCheck(): Promise<LastCheck | undefined> {
    return findLastCheck(this.database);
  }

  private async verifyAgreement(
    agreementId: string,
    agreement: Agreement | null,
    kept: readonly SealDocument[],
    counts: IntegrityReport['counts'],
  ): Promise<IntegrityProblem | null> {
    const name = agreement?.code ?? agreementId;
    const fault = (
      check: IntegrityProblem['check'],
      what: string,
      at: Pick<IntegrityProblem, 'book' | 'sequence'> = { book: null, sequence: null },
    ): IntegrityProblem => ({ check, agreement: name, ...at, what });
    const books = await this.ledger.verify({ agreementId });
    if (!books.ok) {
      const { bookId, sequence, what } = books.firstProblem;
      const book =
        [agreement?.partyA, agreement?.partyB].find((party) => party?.id === bookId)?.code ?? bookId;
      return fault('ledger', what, { book, sequence: sequence === null ? null : String(sequence) });
    }
    counts.transactions += books.transactions;
    counts.entries += books.entries;
    if (!agreement) return null;
    const { statements, problem } = await this.statements.verify(agreementId);
    if (problem) return fault('statements', problem);
    counts.statements += statements;
    const disputed = await this.disputes.verify(agreement);
    if (disputed.problem) return fault('disputes', disputed.problem);
    counts.disputeSteps += disputed.steps;
    const rendered = await this.renderings.verify(agreementId);
    if (rendered.problem) return fault('renderings', rendered.problem);
    counts.renderings += rendered.renderings;
    const sealed = await this.verifySeals(agreement, statements, counts);
    if (sealed) return fault('ledger_heads', sealed);
    const rewritten = await this.verifyKept(agreement, kept);
    return rewritten === null ? null : fault('kept_heads', rewritten);
  }

  private async verifyAudit(
    { auditChains }: IntegrityScope,
    counts: IntegrityReport['counts'],
  ): Promise<IntegrityProblem | null> {
    if (auditChains === 'none') return null;
    const { events, firstProblem } = await this.auditChains.verify(
      auditChains === 'all' ? null : auditChains.of,
    );
    counts.auditEvents = events;
    if (!firstProblem) return null;
    const { provider, sequence, what } = firstProblem;
    return { check: 'audit_log', agreement: null, book: provider, sequence: String(sequence), what };
  }

  /** One comes with each statement, so there are as many: the last ones may be missing, or their statements. */
  private async verifySeals(
    agreement: Agreement,
    statements: number,
    counts: IntegrityReport['counts'],
  ): Promise<string | null> {
    let previous: StoredSeal | null = null;
    for (const seal of await listSeals(this.database, agreement.id)) {
      const document = JSON.parse(seal.text) as SealDocument;
      const what = faultInSeal(seal, previous, await this.chainsOf(agreement, document));
      if (what) return `ledger head ${seal.number}: ${what}`;
      if (seal.number > statements)
        return `ledger head ${seal.number}: statement ${document.statement}, which it came with, is missing`;
      previous = seal;
      counts.ledgerHeads += 1;
    }
    const sealed = previous?.number ?? 0;
    return sealed < statements
      ? `the ledger head ${sealed + 1}, of statement ${sealed + 1}, is missing`
      : null;
  }

  private async verifyKept(agreement: Agreement, kept: readonly SealDocument[]): Promise<string | null> {
    for (const head of kept) {
      if (head.agreement !== agreement.code) continue;
      const what = faultInBooks(head, await this.chainsOf(agreement, head));
      if (what) return `kept ledger head ${head.number}: ${what}`;
    }
    return null;
  }

  /** What the books hold where a seal says something of them. */
  private async chainsOf(agreement: Agreement, { books }: SealDocument): Promise<SealedChain[]> {
    const chains: SealedChain[] = [];
    for (const { id, code } of [agreement.partyA, agreement.partyB]) {
      const book = books.find(({ provider }) => provider === code);
      if (!book) continue;
      const { after, upTo } = rangeOf(book);
      const { sequence, sha256, leaves } = await this.seals.partOf(agreement.id, id, after, upTo);
      // A part without a transaction ends where the one before it did.
      const hash = sequence === upTo && sha256 === null ? await this.hashAt(agreement.id, id, upTo) : sha256;
      chains.push({
        provider: code,
        sha256: sequence === upTo ? hash : null,
        count: leaves.length,
        root: merkleRoot(leaves).toString('hex'),
      });
    }
    return chains;
  }

  private async hashAt(agreementId: string, bookId: string, sequence: bigint): Promise<string | null> {
    if (sequence === 0n) return null;
    return (await this.seals.partOf(agreementId, bookId, sequence - 1n, sequence)).sha256;
  }

  /** All that there are, and those of which the books alone know. */
  private async everyAgreement(): Promise<string[]> {
    const [known, booked] = [await this.agreements.ids(), await this.ledger.agreementIds()];
    return [...new Set([...known, ...booked])].sort();
  }

  /** What has lost its agreement is looked at all the same. */
  private async findAgreement(id: string): Promise<Agreement | null> {
    const codes = await this.agreements.codesOf([id]);
    return codes.has(id) ? this.agreements.findById(this.database, id) : null;
  }
}

function withoutAgreement({ agreement, number }: SealDocument): IntegrityProblem {
  const what = `kept ledger head ${number}: there is no such agreement`;
  return { check: 'kept_heads', agreement, book: null, sequence: null, what };
}
