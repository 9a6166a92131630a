import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { EXAMPLE_TERMS, FLOW_DIRECTIONS, ReconciliationInput } from '../../agreements/index.js';
import { formatAmount } from '../../money/index.js';
import { formatInstant, isPeriod } from '../../period/index.js';
import { PageOf, PageQuery, Satisfies } from '../../platform/http/index.js';
import { StatusCountsView } from '../../reconciliation/index.js';
import { ADJUSTMENT_CAUSES } from '../rules/adjustments.js';
import { STATEMENT_STATES, STEP_KINDS } from '../rules/statement-state.js';
import { issuedStatement } from '../rules/issued-statement.js';
import type { CreditView } from '../rules/credit-view.js';
import type { OpenDisputeEntry, StatementDocument } from '../rules/statement-document.js';
import type { StatementRow } from '../sql/statement-row.js';
import type { StandingStatementRow } from '../withheld.service.js';
import type { CreditTotals } from '../sql/sum-credits.js';
import type { Saving } from '../sql/sum-savings.js';

const LINE_KINDS = [
  'usage',
  'flat_fee',
  'ratio_excess',
  'percentile_commit',
  'percentile_overage',
  'true_up',
  'adjustment',
];

export class StatementQuery extends PageQuery {
  @ApiPropertyOptional({ type: String, description: 'Code of an agreement', example: 'alpha-beta' })
  @IsOptional()
  @IsString({ message: 'must be the code of an agreement' })
  @MaxLength(63, { message: 'must be the code of an agreement' })
  agreement?: string;

  @ApiPropertyOptional({ type: String, example: '2026-10', description: 'A calendar month' })
  @IsOptional()
  @Satisfies('period', isPeriod, 'must be a period such as 2026-10')
  period?: string;

  @ApiPropertyOptional({ enum: STATEMENT_STATES, description: 'Only those in this state', example: 'issued' })
  @IsOptional()
  @IsIn(STATEMENT_STATES, { message: `must be one of ${STATEMENT_STATES.join(', ')}` })
  state?: string;
}

export class BytesByFlow {
  @ApiProperty({ type: String, example: '10000000000000' })
  aToB: string;

  @ApiProperty({ type: String, example: '5000000000000' })
  bToA: string;
}

class DeclaredBytes {
  @ApiProperty({ type: String, example: '10000000000000' })
  sender: string;

  @ApiProperty({ type: String, example: '10000000000000' })
  receiver: string;

  @ApiProperty({ type: String, description: 'sender - receiver', example: '0' })
  difference: string;
}

class DeclaredByFlow {
  @ApiProperty({ type: DeclaredBytes })
  aToB: DeclaredBytes;

  @ApiProperty({ type: DeclaredBytes })
  bToA: DeclaredBytes;
}

export class StatementLineView {
  @ApiPropertyOptional({ type: String, format: 'uuid', description: 'Absent from a preview' })
  id?: string;

  @ApiProperty({ enum: LINE_KINDS })
  kind: string;

  @ApiProperty({ enum: FLOW_DIRECTIONS, nullable: true, description: 'null where both directions count' })
  direction: string | null;

  @ApiProperty({ type: 'integer' })
  version: number;

  @ApiProperty({ type: 'integer', nullable: true })
  tier: number | null;

  @ApiProperty({ type: String, nullable: true, example: '5000000000000' })
  bytes: string | null;

  @ApiProperty({ type: String, example: '5000' })
  quantity: string;

  @ApiProperty({ type: String, example: 'GB' })
  unit: string;

  @ApiProperty({ type: String, example: '0.02' })
  unitPrice: string;

  @ApiProperty({ type: String, example: '1000.00' })
  amount: string;

  @ApiProperty({ type: String, example: 'alpha' })
  payer: string;

  @ApiProperty({ type: String, example: 'beta' })
  payee: string;

  @ApiPropertyOptional({
    type: String,
    example: '2026-09',
    description: 'Of an adjustment: the period it changes',
  })
  originalPeriod?: string;

  @ApiPropertyOptional({
    enum: LINE_KINDS.filter((kind) => kind !== 'adjustment'),
    nullable: true,
    description: 'Of an adjustment: the kind of the line that changes; null for money conceded in a dispute',
  })
  originalKind?: string | null;

  @ApiPropertyOptional({ enum: ADJUSTMENT_CAUSES, description: 'Of an adjustment' })
  cause?: string;

  @ApiPropertyOptional({
    type: String,
    description: 'Of an adjustment: number of the statement that it changes, or id of the dispute',
    example: 'alpha-beta-0001',
  })
  reference?: string;
}

class StatementCountsView {
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    description: 'Records that count, by the code of the party that reported them',
    example: { alpha: 720, beta: 720 },
  })
  records: Record<string, number>;

  @ApiProperty({ type: StatusCountsView, description: 'Buckets by status' })
  buckets: StatusCountsView;
}

export class NetView {
  @ApiProperty({ type: String, description: 'Never negative', example: '100.00' })
  amount: string;

  @ApiProperty({ type: String, nullable: true, example: 'alpha' })
  payer: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'beta' })
  payee: string | null;
}

export class OpenDisputeView implements OpenDisputeEntry {
  @ApiProperty({ type: String, format: 'uuid' })
  id: string;

  @ApiProperty({ enum: ['raised', 'proposed', 'escalated'] })
  state: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Number of the statement that it is about',
    example: 'alpha-beta-0001',
  })
  statement: string | null;

  @ApiProperty({ type: String, example: '2026-10' })
  period: string;

  @ApiProperty({ type: String, example: 'volume' })
  reason: string;

  @ApiProperty({ type: String, example: 'alpha' })
  raisedBy: string;

  @ApiProperty({ type: String, example: '25.00' })
  disputedAmount: string;

  @ApiProperty({ type: String, description: 'What it kept back from payment', example: '25.00' })
  withheldAmount: string;
}

/** What a period comes to: the part that an issued statement's hash covers. */
export class PreviewView {
  @ApiProperty({ type: String, example: 'alpha-beta-0001' })
  number: string;

  @ApiProperty({ type: String, example: 'alpha-beta' })
  agreement: string;

  @ApiProperty({ type: 'integer' })
  version: number;

  @ApiProperty({ type: String, example: '2026-10' })
  period: string;

  @ApiProperty({ type: String, format: 'date-time' })
  periodStart: string;

  @ApiProperty({ type: String, format: 'date-time' })
  periodEnd: string;

  @ApiProperty({ type: String, format: 'date-time', description: 'With the offset of the timezone' })
  periodStartLocal: string;

  @ApiProperty({ type: String, format: 'date-time', description: 'With the offset of the timezone' })
  periodEndLocal: string;

  @ApiProperty({ type: String, example: 'Europe/Zurich' })
  timezone: string;

  @ApiProperty({ type: String, format: 'date-time' })
  cutOff: string;

  @ApiProperty({ type: String, format: 'date-time' })
  issuedAt: string;

  @ApiProperty({ type: String, format: 'date-time' })
  acceptanceDue: string;

  @ApiProperty({ type: String, format: 'date-time' })
  paymentDue: string;

  @ApiProperty({ type: String, format: 'date-time' })
  disputableUntil: string;

  @ApiProperty({ type: String, example: 'USD' })
  currency: string;

  @ApiProperty({ type: String, example: 'alpha' })
  partyA: string;

  @ApiProperty({ type: String, example: 'beta' })
  partyB: string;

  @ApiProperty({ type: DeclaredByFlow, description: 'What each side reported' })
  declaredBytes: DeclaredByFlow;

  @ApiProperty({ type: BytesByFlow })
  settledBytes: BytesByFlow;

  @ApiProperty({ type: BytesByFlow })
  discrepancyBytes: BytesByFlow;

  @ApiProperty({ type: BytesByFlow })
  zeroRatedBytes: BytesByFlow;

  @ApiProperty({
    type: ReconciliationInput,
    description: 'The reconciliation rules that were used',
    example: EXAMPLE_TERMS.reconciliation,
  })
  rules: ReconciliationInput;

  @ApiProperty({ type: [StatementLineView] })
  lines: StatementLineView[];

  @ApiProperty({
    type: [OpenDisputeView],
    description: 'Disputes of the agreement that were open at its issue',
  })
  openDisputes: OpenDisputeView[];

  @ApiProperty({ type: String, example: '100.00' })
  payableByA: string;

  @ApiProperty({ type: String, example: '0.00' })
  payableByB: string;

  @ApiProperty({ type: NetView })
  net: NetView;

  @ApiProperty({ type: String, description: 'Signed, positive where A owes B', example: '0.00' })
  openingBalance: string;

  @ApiProperty({ type: String, description: 'Signed, positive where A paid B', example: '0.00' })
  paymentsSince: string;

  @ApiProperty({ type: String, description: 'Signed, positive where A owes B', example: '100.00' })
  closingBalance: string;

  @ApiProperty({ type: StatementCountsView })
  counts: StatementCountsView;

  @ApiProperty({
    type: String,
    nullable: true,
    example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  })
  previousSha256: string | null;

  @ApiProperty({
    type: String,
    example: 'This statement settles traffic between its parties. It is not a tax invoice.',
  })
  notice: string;
}

class StepView {
  @ApiProperty({ enum: STEP_KINDS })
  kind: string;

  @ApiProperty({ enum: STATEMENT_STATES, description: 'What it was then' })
  state: string;

  @ApiProperty({ type: String, format: 'date-time' })
  at: string;

  @ApiProperty({ type: String, nullable: true, description: 'Who accepted or disputed it', example: 'alpha' })
  party: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Why it was made void', example: null })
  reason: string | null;
}

/** A statement as it was issued, which nothing changes. */
export class IssuedStatementView extends PreviewView {
  @ApiProperty({ type: String, format: 'uuid' })
  id: string;

  @ApiProperty({
    type: String,
    description:
      'SHA-256 of the RFC 8785 JSON of all but `sha256`, `state`, `withheldByA`, `withheldByB`, `id` and the ' +
      'lines’ ids',
    example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  })
  sha256: string;
}

/** A statement as it stands. */
export class StatementView extends IssuedStatementView {
  @ApiProperty({ enum: STATEMENT_STATES })
  state: string;

  @ApiProperty({
    type: String,
    example: '0.00',
    description:
      'What disputes that are open now keep back of `payableByA`; signed as the disputed lines are',
  })
  withheldByA: string;

  @ApiProperty({
    type: String,
    example: '0.00',
    description:
      'What disputes that are open now keep back of `payableByB`; signed as the disputed lines are',
  })
  withheldByB: string;
}

/** What happened to a statement since its issue. It stands apart: the statement itself never changes. */
export class StatementHistoryView {
  @ApiProperty({
    type: [String],
    description: 'The parties that accepted it in so many words',
    example: ['alpha', 'beta'],
  })
  acceptedBy: string[];

  @ApiProperty({ type: [StepView], description: 'What happened to it since its issue, oldest first' })
  steps: StepView[];
}

export class StatementPage extends PageOf(StatementView) {}

export class CreditEntry implements CreditView {
  @ApiProperty({ type: String, format: 'uuid' })
  id: string;

  @ApiProperty({ type: String, example: 'alpha' })
  provider: string;

  @ApiProperty({ type: String, description: 'The provider’s own reference', example: 'shop-17' })
  customer: string;

  @ApiProperty({ enum: FLOW_DIRECTIONS })
  direction: string;

  @ApiProperty({ enum: ['egress', 'ingress'] })
  side: string;

  @ApiProperty({ type: String, example: '10000000000000' })
  bytes: string;

  @ApiProperty({ type: String, example: 'GB' })
  unit: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'null where no price was in force',
    example: '0.22',
  })
  unitPrice: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Start of the list price' })
  priceFrom: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Region of the list price, if it has one',
    example: 'eu-west',
  })
  region: string | null;

  @ApiProperty({ type: String, nullable: true, example: '2200.00' })
  amount: string | null;

  @ApiProperty({ type: String, example: 'USD' })
  currency: string;

  @ApiProperty({ enum: ['credited', 'unpriced'] })
  state: 'credited' | 'unpriced';

  @ApiProperty({ type: String, example: '2026-10', description: 'The period of the traffic' })
  period: string;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The credit of an issued period that it changes; its figures are then differences',
  })
  refersTo: string | null;
}

class SavingView {
  @ApiProperty({ type: String, example: 'USD' })
  currency: string;

  @ApiProperty({ type: String, example: '13200.00' })
  amount: string;
}

class CreditTotalsView {
  @ApiProperty({ type: 'integer' })
  count: number;

  @ApiProperty({ type: String, example: '10000000000000' })
  bytes: string;

  @ApiProperty({ type: String, description: 'Listed, and credited once there is a price', example: '0' })
  unpricedBytes: string;

  @ApiProperty({ type: String, example: '2200.00' })
  amount: string;

  @ApiProperty({ type: String, example: 'USD' })
  currency: string;

  @ApiProperty({
    type: [SavingView],
    description: 'With the earlier statements of the agreement, by currency',
  })
  sinceAgreementBegan: SavingView[];
}

export class CreditPage extends PageOf(CreditEntry) {
  @ApiProperty({ type: CreditTotalsView, description: 'Of the whole statement, not of the page' })
  totals: CreditTotalsView;
}

export function showStatement(row: StandingStatementRow): StatementView {
  const { id, lineIds, sha256, state, withheld } = row;
  const document = JSON.parse(row.document) as StatementDocument;
  return {
    ...issuedStatement(document, { id, lineIds, sha256 }),
    state,
    withheldByA: formatAmount(withheld.A, document.currency),
    withheldByB: formatAmount(withheld.B, document.currency),
  };
}

export function showHistory({ steps }: StatementRow): StatementHistoryView {
  return {
    acceptedBy: steps.flatMap(({ kind, party }) => (kind === 'accept' ? [party!] : [])),
    steps: steps.map(({ kind, toState, takenAt, party, reason }) => ({
      kind,
      state: toState,
      at: formatInstant(Date.parse(takenAt)),
      party,
      reason,
    })),
  };
}

export function showTotals(
  totals: CreditTotals,
  currency: string,
  savings: readonly Saving[],
): CreditTotalsView {
  return {
    ...totals,
    amount: formatAmount(BigInt(totals.amount), currency),
    currency,
    sinceAgreementBegan: savings.map((saving) => ({
      currency: saving.currency,
      amount: formatAmount(BigInt(saving.amount), saving.currency),
    })),
  };
}
