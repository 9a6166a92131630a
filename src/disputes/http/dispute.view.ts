import { ApiProperty } from '@nestjs/swagger';
import { FLOW_DIRECTIONS, ScopeView, type FlowDirection } from '../../agreements/index.js';
import { formatAmount } from '../../money/index.js';
import { formatInstant } from '../../period/index.js';
import { PageOf } from '../../platform/http/index.js';
import { latestProposal, type DisputeOnRecord, type StandingDispute } from '../disputes.service.js';
import { DISPUTE_REASONS, type DisputeReason } from '../rules/dispute-reason.js';
import { DISPUTE_STATES, type DisputeState } from '../rules/dispute-state.js';
import {
  referenceTo,
  type BucketReference,
  type Evidence,
  type RecordedResolution,
} from '../rules/evidence.js';
import { shownResolution, stepSha256 } from '../rules/said-step.js';
import type { DisputeRow } from '../sql/dispute-row.js';
import type { DisputeStep } from '../sql/list-dispute-steps.js';

const STEP_KINDS = ['raise', 'propose', 'consent', 'withdraw', 'escalate', 'time_bar'];
const RESOLUTIONS = ['bytes', 'amount', 'no_change'];

export class BucketReferenceView implements BucketReference {
  @ApiProperty({ enum: FLOW_DIRECTIONS })
  direction: FlowDirection;

  @ApiProperty({ type: String, format: 'date-time' })
  start: string;

  @ApiProperty({ type: ScopeView })
  scope: ScopeView;
}

export class AgreedBucketView extends BucketReferenceView {
  @ApiProperty({ type: String, example: '10000000000000' })
  bytes: string;
}

export class EvidenceView implements Evidence {
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'Our routers counted less; see the attached buckets.',
  })
  text: string | null;

  @ApiProperty({ type: [BucketReferenceView] })
  buckets: BucketReferenceView[];
}

export class ResolutionView {
  @ApiProperty({ enum: RESOLUTIONS })
  kind: RecordedResolution['kind'];

  @ApiProperty({ type: [AgreedBucketView], required: false, description: 'Of `bytes`' })
  buckets?: AgreedBucketView[];

  @ApiProperty({
    type: String,
    required: false,
    description: 'Of `amount`: what is conceded to the claim',
    example: '100.00',
  })
  amount?: string;
}

export class DisputeProposalView {
  @ApiProperty({
    type: String,
    description: 'The party whose proposal stands; the other may consent',
    example: 'alpha',
  })
  by: string;

  @ApiProperty({ type: String, format: 'date-time' })
  at: string;

  @ApiProperty({ type: ResolutionView, example: { kind: 'amount', amount: '12.50' } })
  resolution: ResolutionView;
}

export class DisputeStepView {
  @ApiProperty({ type: 'integer', minimum: 1 })
  position: number;

  @ApiProperty({
    type: String,
    format: 'uuid',
    description: 'The source of the ledger entries that it posted',
  })
  id: string;

  @ApiProperty({ enum: STEP_KINDS })
  kind: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The party; null for the scheduler',
    example: 'alpha',
  })
  by: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Id of the party’s API key' })
  keyId: string | null;

  @ApiProperty({ type: String, format: 'date-time' })
  at: string;

  @ApiProperty({ enum: DISPUTE_STATES, nullable: true })
  fromState: DisputeState | null;

  @ApiProperty({ enum: DISPUTE_STATES })
  toState: DisputeState;

  @ApiProperty({
    type: String,
    description: 'Withheld of the contested lines before the step',
    example: '0.00',
  })
  withheldBefore: string;

  @ApiProperty({
    type: String,
    description: 'Withheld of the contested lines after the step',
    example: '25.00',
  })
  withheldAfter: string;

  @ApiProperty({ type: EvidenceView, description: 'What the party submitted, for both to see' })
  evidence: EvidenceView;

  @ApiProperty({
    type: ResolutionView,
    nullable: true,
    description: 'What was proposed or consented to',
    example: null,
  })
  resolution: ResolutionView | null;

  @ApiProperty({
    type: String,
    description:
      'Over the RFC 8785 canonical JSON of the step as it is here without `position`, `withheldBefore`, ' +
      '`withheldAfter` and `sha256`, but with the id of the dispute as `dispute`; the audit log has the same',
    example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  })
  sha256: string;
}

/** A dispute as lists show it. */
export class DisputeView {
  @ApiProperty({ type: String, format: 'uuid' })
  id: string;

  @ApiProperty({ type: String, example: 'alpha-beta' })
  agreement: string;

  @ApiProperty({ type: String, example: '2026-10', description: 'The period whose charges it concerns' })
  period: string;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'null while the period is not issued',
  })
  statement: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  line: string | null;

  @ApiProperty({ type: BucketReferenceView, nullable: true, example: null })
  bucket: BucketReferenceView | null;

  @ApiProperty({ enum: DISPUTE_STATES })
  state: DisputeState;

  @ApiProperty({ enum: DISPUTE_REASONS })
  reason: DisputeReason;

  @ApiProperty({ type: String, example: 'alpha' })
  raisedBy: string;

  @ApiProperty({ type: String, format: 'date-time' })
  raisedAt: string;

  @ApiProperty({ type: String, description: 'Whose charge it concerns', example: 'alpha' })
  payer: string;

  @ApiProperty({ type: String, example: 'beta' })
  payee: string;

  @ApiProperty({ type: String, example: 'USD' })
  currency: string;

  @ApiProperty({ type: String, nullable: true, example: null })
  claimedBytes: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'null where a bucket is disputed',
    example: '75.00',
  })
  claimedAmount: string | null;

  @ApiProperty({
    type: String,
    description: 'The difference between the charge and the claim',
    example: '25.00',
  })
  disputedAmount: string;

  @ApiProperty({
    type: String,
    description: 'What it keeps back from payment now; the rest stays payable',
    example: '25.00',
  })
  withheldAmount: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it is time-barred if neither party moves; null once escalated or ended',
  })
  timeBarredAt: string | null;
}

export class DisputePage extends PageOf(DisputeView) {}

/** A dispute with all that happened in it. */
export class DisputeDetailView extends DisputeView {
  @ApiProperty({ type: DisputeProposalView, nullable: true, description: 'The latest proposal' })
  proposal: DisputeProposalView | null;

  @ApiProperty({
    type: ResolutionView,
    nullable: true,
    description: 'What both agreed on, once resolved',
    example: null,
  })
  resolution: ResolutionView | null;

  @ApiProperty({ type: [DisputeStepView], description: 'Who did what, oldest first' })
  steps: DisputeStepView[];
}

export function showDispute({ dispute, withheld }: StandingDispute): DisputeView {
  const { currency, partyA, partyB, payer } = dispute;
  const difference = BigInt(dispute.disputedAmount);
  return {
    id: dispute.id,
    agreement: dispute.agreement,
    period: dispute.period,
    statement: dispute.statementId,
    line: dispute.lineId,
    bucket: bucketOf(dispute),
    state: dispute.state,
    reason: dispute.reason,
    raisedBy: dispute.raisedBy === 'A' ? partyA : partyB,
    raisedAt: formatInstant(dispute.raisedAt.getTime()),
    payer: payer === 'A' ? partyA : partyB,
    payee: payer === 'A' ? partyB : partyA,
    currency,
    claimedBytes: dispute.claimedBytes,
    claimedAmount:
      dispute.claimedAmount === null ? null : formatAmount(BigInt(dispute.claimedAmount), currency),
    disputedAmount: formatAmount(difference < 0n ? -difference : difference, currency),
    withheldAmount: formatAmount(withheld, currency),
    timeBarredAt: dispute.lapsesAt && formatInstant(dispute.lapsesAt.getTime()),
  };
}

export function showDisputeDetail(seen: DisputeOnRecord): DisputeDetailView {
  const { dispute, steps } = seen;
  const proposal = latestProposal(steps);
  return {
    ...showDispute(seen),
    proposal: proposal && {
      by: proposal.by!,
      at: formatInstant(proposal.takenAt.getTime()),
      resolution: shownResolution(proposal.resolution!, dispute.currency),
    },
    resolution:
      dispute.state === 'resolved' ? shownResolution(proposal!.resolution!, dispute.currency) : null,
    steps: steps.map((step) => showStep(step, dispute)),
  };
}

function bucketOf(dispute: DisputeRow): BucketReferenceView | null {
  const { direction, bucketStart } = dispute;
  if (direction === null || bucketStart === null) return null;
  const scope = {
    sourceRegion: dispute.sourceRegion!,
    destinationRegion: dispute.destinationRegion!,
    service: dispute.service!,
  };
  return referenceTo({ direction, start: bucketStart.getTime(), scope });
}

function showStep(step: DisputeStep, { id: disputeId, currency }: DisputeRow): DisputeStepView {
  const { position, kind, by, keyId, takenAt, fromState, toState, evidence, resolution } = step;
  return {
    position,
    id: step.id,
    kind,
    by,
    keyId,
    at: formatInstant(takenAt.getTime()),
    fromState,
    toState,
    withheldBefore: formatAmount(BigInt(step.withheldBefore), currency),
    withheldAfter: formatAmount(BigInt(step.withheldAfter), currency),
    evidence,
    resolution: resolution && shownResolution(resolution, currency),
    sha256: stepSha256({ ...step, disputeId, currency }),
  };
}
