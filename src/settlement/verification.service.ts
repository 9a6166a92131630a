import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AuditService, type Caller } from '../access/index.js';
import { AgreementsService, concerning, type Agreement, type VersionInForce } from '../agreements/index.js';
import { JobsService, type JobRow } from '../jobs/index.js';
import { formatAmount } from '../money/index.js';
import { formatInstant } from '../period/index.js';
import { Database, type Transaction } from '../platform/database/index.js';
import { ReconciliationService } from '../reconciliation/index.js';
import { TrafficService } from '../traffic/index.js';
import { CompositionService } from './composition.service.js';
import { CreditCheckService } from './credit-check.service.js';
import { CreditsService } from './credits.service.js';
import { HistoryService, type History } from './history.service.js';
import { ReplayedFacts } from './replayed-facts.js';
import { documentDifferences, NAMED_MAX, type DocumentDifference } from './rules/document-differences.js';
import { faultsOfStatement, unequal } from './rules/history-faults.js';
import {
  payable,
  sealStatement,
  statementDocument,
  type StatementDocument,
  type StatementInput,
} from './rules/statement-document.js';
import { findStatement } from './sql/find-statement.js';
import { listStanding, type Past } from './sql/list-standing.js';
import { readPrevious } from './sql/read-previous.js';
import type { StatementRow } from './sql/statement-row.js';

/** The kind of job that verifies a statement; its subject is `<statement id>/<provider id>`, of whoever asks. */
export const VERIFY_STATEMENT = 'verify_statement';

/** Whether a party's credits are what they are when they are computed again. */
export interface CreditVerification {
  /** Code of the party. */
  provider: string;
  matches: boolean;
  /** Where not: for that party's own eyes alone. */
  differences?: DocumentDifference[];
}

/** What came of recomputing a statement. */
export interface Verification {
  statement: string;
  number: string;
  /** Whether the recomputed document is the stored one byte for byte, and all else that is named here holds. */
  matches: boolean;
  sha256: string;
  recomputedSha256: string;
  /** The close's two clocks: event time, and the agreement's count of what was recorded. */
  eventUpTo: string;
  recordedUpTo: string;
  /** The first places where the document is not what it is recomputed to. */
  differences: DocumentDifference[];
  credits: CreditVerification[];
  /** Where payments and disputes since the statement before, or what the books took of all this, contradict it. */
  history: DocumentDifference[];
}

interface Recomputed {
  input: StatementInput;
  facts: ReplayedFacts;
  past: Past;
  history: History;
}

/**
 * Recomputes issued statements from the records, the prices, the payments and the disputes, as they were recorded
 * when the statement was issued. Nothing is taken from the statement but its period and its two clocks.
 */
@Injectable()
export class VerificationService {
  constructor(
    private readonly database: Database,
    private readonly agreements: AgreementsService,
    private readonly audit: AuditService,
    private readonly composition: CompositionService,
    private readonly creditCheck: CreditCheckService,
    private readonly credits: CreditsService,
    private readonly history: HistoryService,
    private readonly jobs: JobsService,
    private readonly reconciliation: ReconciliationService,
    private readonly traffic: TrafficService,
  ) {}

  /** Asks for a statement to be verified; it reads all records of its period, and of all issued before it. */
  async request(caller: Caller, { id, agreementId }: StatementRow): Promise<JobRow> {
    const agreement = await this.agreements.findById(this.database, agreementId);
    const providerId = caller.kind === 'provider' ? caller.providerId : null;
    const work = {
      kind: VERIFY_STATEMENT,
      subject: `${id}/${providerId ?? ''}`,
      ownerIds: providerId === null ? [] : [providerId],
    };
    return this.database.transaction(async (tx) => {
      const { job, isNew } = await this.jobs.enqueue(tx, work);
      if (isNew) {
        this.audit.record(tx, {
          action: 'statement.request_verification',
          resource: { kind: 'statement', id },
          ...concerning(agreement),
          after: { job: job.id },
        });
      }
      return job;
    });
  }

  /**
   * Recomputes a statement and all that goes with it, and compares it byte for byte. Of sums that are kept up, and
   * of notes of what changed, nothing is read. A party hears where its own credits differ, and of the others' only
   * whether they do.
   */
  async verify(statementId: string, viewerId: string | null): Promise<Verification> {
    return this.database.snapshot(async (tx) => {
      const row = (await findStatement(tx, statementId, null))!;
      const agreement = await this.agreements.findById(tx, row.agreementId);
      const stored = JSON.parse(row.document) as StatementDocument;
      const recomputed = await this.recompute(tx, agreement, row, stored);
      const document = statementDocument(recomputed.input);
      const { text, sha256 } = sealStatement(document);
      const differences = [
        ...documentDifferences(stored, JSON.parse(text)),
        ...faultsOfRow(row, document),
      ].slice(0, NAMED_MAX);
      const credits = await this.verifyCredits(tx, row, recomputed, viewerId);
      const history = [...recomputed.history.faults, ...(await this.verifyPosting(row, recomputed.input))];
      const isSame = text === row.document && differences.length === 0 && history.length === 0;
      return {
        statement: row.id,
        number: stored.number,
        matches: isSame && credits.every(({ matches }) => matches),
        sha256: row.sha256,
        recomputedSha256: sha256,
        eventUpTo: formatInstant(row.eventUpTo.getTime()),
        recordedUpTo: row.recordedUpTo,
        differences,
        credits,
        history: history.slice(0, NAMED_MAX),
      };
    });
  }

  private async recompute(
    tx: Transaction,
    agreement: Agreement,
    row: StatementRow,
    stored: StatementDocument,
  ): Promise<Recomputed> {
    const version = await this.versionOf(tx, agreement, row, stored);
    const past = { beforeSequence: row.sequence, recordedUpTo: BigInt(row.recordedUpTo) };
    const { reconciliation, traffic } = this;
    const facts = new ReplayedFacts(tx, { reconciliation, traffic }, agreement, past.recordedUpTo);
    const last = (await listStanding(tx, agreement.id, past)).at(-1);
    const span = { after: last?.recordedUpTo ?? -1n, upTo: past.recordedUpTo };
    const history = await this.history.between(tx, agreement, span);
    const input = await this.composition.compose(tx, agreement, row.period, version, {
      issuedAt: row.issuedAt.getTime(),
      facts,
      previous: await readPrevious(tx, agreement.id, past),
      paymentsSince: history.paidByA,
      looked: past,
    });
    return { input, facts, past, history };
  }

  /** The version that governs the period; of one whose statement is void other terms may have come into force since. */
  private async versionOf(
    tx: Transaction,
    agreement: Agreement,
    { period, state }: StatementRow,
    stored: StatementDocument,
  ): Promise<VersionInForce> {
    const governing = await this.composition.governing(tx, agreement, period);
    if (state !== 'void') return governing;
    const versions = await this.agreements.versionsInForce(tx, agreement.id);
    return versions.find(({ version }) => version === stored.version) ?? governing;
  }

  private async verifyCredits(
    tx: Transaction,
    row: StatementRow,
    { input, facts, past }: Recomputed,
    viewerId: string | null,
  ): Promise<CreditVerification[]> {
    const { agreement } = input;
    const parties = await this.credits.compute(tx, input, facts.customerUsage, past);
    const found: CreditVerification[] = [];
    for (const party of parties) {
      const differences = await this.creditCheck.differences(tx, agreement, row, party);
      found.push({
        provider: (party.providerId === agreement.partyA.id ? agreement.partyA : agreement.partyB).code,
        matches: differences.length === 0,
        ...(party.providerId === viewerId && { differences }),
      });
    }
    return found;
  }

  /** What the statement charges, as both books took it. */
  private async verifyPosting(row: StatementRow, input: StatementInput): Promise<DocumentDifference[]> {
    const { agreement } = input;
    const source = { sourceKind: 'statement', sourceId: row.id };
    const taken = (await this.history.taken(agreement, [source]))(source);
    return faultsOfStatement(payable(input), row.issuedAt, taken, agreement.currency);
  }
}

/** What is stored of a statement beside its document. */
function faultsOfRow(row: StatementRow, { currency, ...document }: StatementDocument): DocumentDifference[] {
  const sha256 = createHash('sha256').update(row.document).digest('hex');
  return [
    ...unequal('/sha256', row.sha256, sha256),
    ...unequal(
      '/closingBalance',
      formatAmount(BigInt(row.closingBalance), currency),
      document.closingBalance,
    ),
    ...unequal('/periodEnd', formatInstant(row.eventUpTo.getTime()), document.periodEnd),
    ...unequal('/acceptanceDue', formatInstant(row.acceptanceDue.getTime()), document.acceptanceDue),
    ...unequal('/disputableUntil', formatInstant(row.disputableUntil.getTime()), document.disputableUntil),
  ];
}
