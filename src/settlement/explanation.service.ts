import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/index.js';
import { AgreementsService, sideOf, type Agreement, type VersionInForce } from '../agreements/index.js';
import { periodBounds } from '../period/index.js';
import { Database } from '../platform/database/index.js';
import { ReconciliationService, type BucketPosition, type ComparedBucket } from '../reconciliation/index.js';
import { TrafficService, type RecordListing, type RecordPosition } from '../traffic/index.js';
import { explainLine, type LineExplanation } from './rules/explain-line.js';
import { issuedStatement, type IssuedStatement } from './rules/issued-statement.js';
import type { StatementDocument } from './rules/statement-document.js';
import { settlementProblems } from './settlement.errors.js';
import type { StatementRow } from './sql/statement-row.js';

/** A line, and where its amount comes from. */
export interface ExplainedLine extends LineExplanation {
  line: IssuedStatement['lines'][number];
}

/** Leads from a statement's line back to what it was made of. */
@Injectable()
export class ExplanationService {
  constructor(
    private readonly database: Database,
    private readonly agreements: AgreementsService,
    private readonly reconciliation: ReconciliationService,
    private readonly traffic: TrafficService,
  ) {}

  /** Explains a line of an issued statement by its term and its formula. */
  async explain(row: StatementRow, lineId: string): Promise<ExplainedLine> {
    const { document, line } = lineOf(row, lineId);
    const agreement = await this.agreements.findById(this.database, row.agreementId);
    const { terms } = await this.agreements.versionFor(this.database, agreement, periodOf(line, row));
    return { line, ...explainLine(line, document, terms) };
  }

  /** The buckets that a line counts, after a position. */
  async buckets(
    row: StatementRow,
    lineId: string,
    after: BucketPosition | null,
    limit: number,
  ): Promise<{ buckets: ComparedBucket[]; version: VersionInForce }> {
    const { line } = lineOf(row, lineId);
    const agreement = await this.agreements.findById(this.database, row.agreementId);
    const filter = { status: null, direction: line.direction };
    return this.reconciliation.buckets(agreement, periodOf(line, row), filter, after, limit);
  }

  /** The caller's own records that count for a line; null for the operator, who has none. */
  async ownRecords(
    caller: Caller,
    row: StatementRow,
    lineId: string,
    after: RecordPosition | null,
    limit: number,
  ): Promise<RecordListing[] | null> {
    if (caller.kind !== 'provider') return null;
    const { line } = lineOf(row, lineId);
    const agreement = await this.agreements.findById(this.database, row.agreementId);
    const { start, end } = periodBounds(periodOf(line, row), agreement.timezone);
    const filter = {
      from: new Date(start),
      to: new Date(end),
      direction: reportedDirection(agreement, caller.providerId, line.direction),
      customer: null,
      id: null,
      counted: true,
    };
    return this.traffic.records(agreement, caller.providerId, filter, after, limit);
  }
}

function lineOf(
  row: StatementRow,
  lineId: string,
): { document: StatementDocument; line: IssuedStatement['lines'][number] } {
  const document = JSON.parse(row.document) as StatementDocument;
  const statement = issuedStatement(document, row);
  const line = statement.lines.find(({ id }) => id === lineId);
  if (!line) throw settlementProblems.line_not_found('The statement has no such line.');
  return { document, line };
}

/** The period whose traffic a line counts: an adjustment's is the one that it changes. */
function periodOf({ originalPeriod }: IssuedStatement['lines'][number], { period }: StatementRow): string {
  return originalPeriod ?? period;
}

/** How a party reports a flow: what it sends as egress. Both ways where both flows count. */
function reportedDirection(
  agreement: Agreement,
  providerId: string,
  direction: IssuedStatement['lines'][number]['direction'],
): string | null {
  if (direction === null) return null;
  return (sideOf(agreement, providerId) === 'A') === (direction === 'aToB') ? 'egress' : 'ingress';
}
