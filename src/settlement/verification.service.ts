import { Injectable } from '@nestjs/common';
import { AuditService } from '../access/index.js';
import { AgreementsService, concerning, type Agreement } from '../agreements/index.js';
import { JobsService, type JobRow } from '../jobs/index.js';
import { parseAmount } from '../money/index.js';
import { formatInstant } from '../period/index.js';
import { Database, type Transaction } from '../platform/database/index.js';
import { ReconciliationService } from '../reconciliation/index.js';
import { CompositionService } from './composition.service.js';
import { documentDifferences, type DocumentDifference } from './rules/document-differences.js';
import type { FactSource, PeriodFacts } from './rules/period-facts.js';
import { sealStatement, statementDocument, type StatementDocument } from './rules/statement-document.js';
import { findStatement } from './sql/find-statement.js';
import { readPrevious } from './sql/read-previous.js';
import type { StatementRow } from './sql/statement-row.js';

/** The kind of job that verifies a statement; its subject is the statement's id. */
export const VERIFY_STATEMENT = 'verify_statement';

/** What came of recomputing a statement. */
export interface Verification {
  statement: string;
  number: string;
  /** Whether the recomputed document is the stored one, byte for byte. */
  matches: boolean;
  sha256: string;
  recomputedSha256: string;
  /** The close's two clocks: event time, and the agreement's count of what was recorded. */
  eventUpTo: string;
  recordedUpTo: string;
  /** The first places where the two differ. */
  differences: DocumentDifference[];
}

/** Recomputes issued statements from the records, as they were recorded when the statement was issued. */
@Injectable()
export class VerificationService {
  constructor(
    private readonly database: Database,
    private readonly agreements: AgreementsService,
    private readonly audit: AuditService,
    private readonly composition: CompositionService,
    private readonly jobs: JobsService,
    private readonly reconciliation: ReconciliationService,
  ) {}

  /** Asks for a statement to be verified; it reads all records of its period. */
  async request({ id, agreementId }: StatementRow): Promise<JobRow> {
    const agreement = await this.agreements.findById(this.database, agreementId);
    const ownerIds = [agreement.partyA.id, agreement.partyB.id];
    return this.database.transaction(async (tx) => {
      const { job, isNew } = await this.jobs.enqueue(tx, { kind: VERIFY_STATEMENT, subject: id, ownerIds });
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
   * Recomputes a statement and compares it byte for byte. Of the periods that it states or adjusts nothing is read
   * but records, with what was recorded up to the close's clock. What parties paid and disputed until then is no
   * matter of records: it is taken from the statement, and the ledger proves it.
   */
  async verify(statementId: string): Promise<Verification> {
    return this.database.snapshot(async (tx) => {
      const row = (await findStatement(tx, statementId, null))!;
      const stored = JSON.parse(row.document) as StatementDocument;
      const recomputed = await this.recompute(tx, row, stored);
      const { text, sha256 } = sealStatement(recomputed);
      return {
        statement: row.id,
        number: stored.number,
        matches: text === row.document,
        sha256: row.sha256,
        recomputedSha256: sha256,
        eventUpTo: formatInstant(row.eventUpTo.getTime()),
        recordedUpTo: row.recordedUpTo,
        differences: documentDifferences(stored, JSON.parse(text)),
      };
    });
  }

  private async recompute(
    tx: Transaction,
    row: StatementRow,
    stored: StatementDocument,
  ): Promise<StatementDocument> {
    const agreement = await this.agreements.findById(tx, row.agreementId);
    const versions = await this.agreements.versionsInForce(tx, agreement.id);
    const version = versions.find((each) => each.version === stored.version)!;
    const past = { beforeSequence: row.sequence, at: row.issuedAt };
    const recordedUpTo = BigInt(row.recordedUpTo);
    const input = await this.composition.compose(tx, agreement, row.period, version, {
      issuedAt: row.issuedAt.getTime(),
      facts: this.recorded(tx, agreement, recordedUpTo),
      previous: await readPrevious(tx, agreement.id, past),
      paymentsSince: parseAmount(stored.paymentsSince, agreement.currency),
      looked: { ...past, recordedUpTo },
    });
    return { ...statementDocument(input), openDisputes: stored.openDisputes };
  }

  /** A period's facts from its records, as they were recorded at a figure of the agreement's clock. */
  private recorded(tx: Transaction, agreement: Agreement, recordedUpTo: bigint): FactSource {
    return async (period, version, agreedAfter): Promise<PeriodFacts> => {
      const { agreed, recordCounts, ...settled } = await this.reconciliation.replay(
        tx,
        agreement,
        period,
        version,
        recordedUpTo,
      );
      return {
        ...settled,
        agreed: agreed.filter(({ recorded }) => recorded > agreedAfter),
        recordCounts: {
          A: recordCounts.get(agreement.partyA.id) ?? 0,
          B: recordCounts.get(agreement.partyB.id) ?? 0,
        },
      };
    };
  }
}
