import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import {
  FLOW_DIRECTIONS,
  ScopeView,
  type FlowDirection,
  type ReconciliationTerms,
  type ScopeField,
} from '../../agreements/index.js';
import { formatInstant } from '../../period/index.js';
import { PageOf, PageQuery } from '../../platform/http/index.js';
import type { PeriodReconciliation } from '../reconciliation.service.js';
import { BUCKET_STATUSES, type BucketStatus, type ComparedBucket } from '../rules/compare-bucket.js';
import type { DirectionTotals } from '../rules/scope-sums.js';

export class DirectionTotalsView {
  @ApiProperty({ type: String, example: '0' })
  senderBytes: string;

  @ApiProperty({ type: String, example: '0' })
  receiverBytes: string;

  @ApiProperty({ type: String, example: '0' })
  settledBytes: string;

  @ApiProperty({ type: String, example: '0' })
  discrepancyBytes: string;
}

export class DirectionsView {
  @ApiProperty({ type: DirectionTotalsView })
  aToB: DirectionTotalsView;

  @ApiProperty({ type: DirectionTotalsView })
  bToA: DirectionTotalsView;
}

export class StatusCountsView implements Record<BucketStatus, number> {
  @ApiProperty({ type: 'integer' })
  exact: number;

  @ApiProperty({ type: 'integer' })
  within_tolerance: number;

  @ApiProperty({ type: 'integer' })
  mismatch: number;

  @ApiProperty({ type: 'integer' })
  missing_sender: number;

  @ApiProperty({ type: 'integer' })
  missing_receiver: number;
}

const FLAGS = ['month_bias', 'shift_suspect', 'duplicate_suspect'];

export class FlagView {
  @ApiProperty({ enum: FLAGS })
  flag: string;

  @ApiProperty({ enum: FLOW_DIRECTIONS })
  direction: FlowDirection;

  @ApiProperty({ type: String, format: 'date-time' })
  start: string;

  @ApiProperty({ type: String, format: 'date-time' })
  end: string;

  @ApiProperty({ type: ScopeView, nullable: true, description: 'null where it concerns all scopes' })
  scope: ScopeView | null;
}

/** How both sides' reports of a period compare. */
export class ReconciliationView {
  @ApiProperty({ type: String, example: 'alpha-beta' })
  agreement: string;

  @ApiProperty({ type: String, example: '2026-10' })
  period: string;

  @ApiProperty({ enum: ['open', 'closed'], description: 'Of an open period, so far' })
  state: 'open' | 'closed';

  @ApiProperty({ type: 'integer', description: 'The version of the terms it is compared by' })
  version: number;

  @ApiProperty({ type: String, example: 'hour' })
  bucket: string;

  @ApiProperty({ type: DirectionsView })
  directions: DirectionsView;

  @ApiProperty({ type: StatusCountsView })
  counts: StatusCountsView;

  @ApiProperty({ enum: FLAGS, isArray: true, description: 'Hints that were raised; they change no figure' })
  flags: string[];

  @ApiProperty({ type: [FlagView], description: 'The first hints, each with what it concerns' })
  flagDetails: FlagView[];
}

export class BucketFilterQuery {
  @ApiPropertyOptional({
    enum: BUCKET_STATUSES,
    description: 'Only buckets of this status',
    example: 'mismatch',
  })
  @IsOptional()
  @IsIn([...BUCKET_STATUSES], { message: `must be one of ${BUCKET_STATUSES.join(', ')}` })
  status?: BucketStatus;

  @ApiPropertyOptional({ enum: FLOW_DIRECTIONS, description: 'Only this direction', example: 'aToB' })
  @IsOptional()
  @IsIn([...FLOW_DIRECTIONS], { message: 'must be aToB or bToA' })
  direction?: FlowDirection;
}

export class BucketQuery extends IntersectionType(PageQuery, BucketFilterQuery) {}

export class BucketView {
  @ApiProperty({ enum: FLOW_DIRECTIONS })
  direction: FlowDirection;

  @ApiProperty({ type: String, format: 'date-time' })
  start: string;

  @ApiProperty({ type: String, format: 'date-time' })
  end: string;

  @ApiProperty({ type: ScopeView })
  scope: ScopeView;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'null where the sender reported nothing',
    example: '10000000000000',
  })
  senderBytes: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'null where the receiver reported nothing',
    example: '10000000000000',
  })
  receiverBytes: string | null;

  @ApiProperty({ type: String, example: '10000000000000' })
  settledBytes: string;

  @ApiProperty({ type: String, example: '0' })
  discrepancyBytes: string;

  @ApiProperty({ enum: BUCKET_STATUSES })
  status: BucketStatus;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'What the parties agreed on in a dispute; it is the settled figure for good',
    example: null,
  })
  agreedBytes: string | null;
}

export class BucketPage extends PageOf(BucketView) {}

/** How many hints an answer spells out. */
const FLAG_DETAILS_MAX = 100;

export function showReconciliation(
  agreement: string,
  period: string,
  reconciled: PeriodReconciliation,
): ReconciliationView {
  const { terms, version } = reconciled.version;
  const { scope: fields, bucket } = terms.reconciliation;
  return {
    agreement,
    period,
    state: reconciled.state,
    version,
    bucket,
    directions: {
      aToB: showTotals(reconciled.directions.aToB),
      bToA: showTotals(reconciled.directions.bToA),
    },
    counts: reconciled.counts,
    flags: [...new Set(reconciled.flags.map(({ flag }) => flag))],
    flagDetails: reconciled.flags
      .slice(0, FLAG_DETAILS_MAX)
      .map(({ flag, direction, start, end, scope }) => ({
        flag,
        direction,
        start: formatInstant(start),
        end: formatInstant(end),
        scope: scope && showScope(scope, fields),
      })),
  };
}

export function showBucket(bucket: ComparedBucket, { scope: fields }: ReconciliationTerms): BucketView {
  return {
    direction: bucket.direction,
    start: formatInstant(bucket.start),
    end: formatInstant(bucket.end),
    scope: showScope(bucket.scope, fields),
    senderBytes: bucket.senderBytes === null ? null : String(bucket.senderBytes),
    receiverBytes: bucket.receiverBytes === null ? null : String(bucket.receiverBytes),
    settledBytes: String(bucket.settledBytes),
    discrepancyBytes: String(bucket.discrepancyBytes),
    status: bucket.status,
    agreedBytes: bucket.agreedBytes === undefined ? null : String(bucket.agreedBytes),
  };
}

function showScope(
  scope: Record<ScopeField, string>,
  fields: readonly ScopeField[],
): Partial<Record<ScopeField, string>> {
  return Object.fromEntries(fields.map((field) => [field, scope[field]]));
}

function showTotals(totals: DirectionTotals): DirectionTotalsView {
  return {
    senderBytes: String(totals.senderBytes),
    receiverBytes: String(totals.receiverBytes),
    settledBytes: String(totals.settledBytes),
    discrepancyBytes: String(totals.discrepancyBytes),
  };
}
