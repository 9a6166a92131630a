import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsDefined,
  IsIn,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  MaxLength,
} from 'class-validator';
import { FLOW_DIRECTIONS, type FlowDirection } from '../../agreements/index.js';
import { isPeriod, parseInstant } from '../../period/index.js';
import { Nested, NestedList, Optional, PageQuery, Satisfies } from '../../platform/http/index.js';
import { DISPUTE_STATES } from '../rules/dispute-state.js';
import type { BucketReference } from '../rules/evidence.js';
import type { ProposedResolution } from '../rules/check-proposal.js';
import { DISPUTE_REASONS, type DisputeReason } from '../rules/dispute-reason.js';

const TEXT_MAX = 10_000;
const EVIDENCE_BUCKETS_MAX = 1_000;
const AGREED_BUCKETS_MAX = 10_000;
const RESOLUTIONS = ['bytes', 'amount', 'no_change'];
const BYTES = /^(0|[1-9]\d{0,24})$/;
const AMOUNT = /^-?\d{1,24}(\.\d{1,4})?$/;

/** Bytes come as a text, or as a number where JSON carries it exactly. */
function Bytes(): PropertyDecorator {
  const check = Satisfies(
    'bytes',
    (text) => BYTES.test(text),
    'must be a whole number of bytes, such as "0"',
  );
  return (target, key) => {
    Transform(({ value }: { value: unknown }) => (Number.isSafeInteger(value) ? String(value) : value))(
      target,
      key,
    );
    check(target, key);
  };
}

function Amount(): PropertyDecorator {
  return Satisfies('amount', (text) => AMOUNT.test(text), 'must be an amount as a text, such as "100.00"');
}

export class ScopeInput {
  @ApiPropertyOptional({ type: String, example: 'eu-west' })
  @Optional()
  @Length(1, 128, { message: 'must have 1 to 128 characters' })
  sourceRegion?: string;

  @ApiPropertyOptional({ type: String, example: 'us-east' })
  @Optional()
  @Length(1, 128, { message: 'must have 1 to 128 characters' })
  destinationRegion?: string;

  @ApiPropertyOptional({ type: String, example: 'cdn' })
  @Optional()
  @Length(1, 128, { message: 'must have 1 to 128 characters' })
  service?: string;
}

/** A bucket of the disputed period. */
export class BucketInput {
  @ApiProperty({ enum: FLOW_DIRECTIONS })
  @IsIn([...FLOW_DIRECTIONS], { message: 'must be aToB or bToA' })
  direction: FlowDirection;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-10-05T13:00:00Z' })
  @Satisfies(
    'instant',
    (text) => parseInstant(text) !== null,
    'must be an instant such as 2026-10-05T13:00:00Z',
  )
  start: string;

  @ApiPropertyOptional({ type: ScopeInput, description: 'A value for each field of the scope of the terms' })
  @Optional()
  @Nested(() => ScopeInput)
  scope?: ScopeInput;
}

export class AgreedBucketInput extends BucketInput {
  @ApiProperty({ type: String, example: '1000000000' })
  @Bytes()
  bytes: string;
}

/** What speaks for a party; both parties see it. */
export class EvidenceInput {
  @ApiPropertyOptional({
    type: String,
    maxLength: TEXT_MAX,
    description: 'Both parties see it: name no customer',
    example: 'Our routers counted less; see the attached buckets.',
  })
  @Optional()
  @IsString({ message: 'must be a text' })
  @MaxLength(TEXT_MAX, { message: `must have at most ${TEXT_MAX} characters` })
  text?: string;

  @ApiPropertyOptional({ type: [BucketInput], maxItems: EVIDENCE_BUCKETS_MAX })
  @Optional()
  @IsArray({ message: 'must be a list of buckets' })
  @ArrayMaxSize(EVIDENCE_BUCKETS_MAX, { message: `must have at most ${EVIDENCE_BUCKETS_MAX} buckets` })
  @NestedList(() => BucketInput, 'a bucket')
  buckets?: BucketInput[];
}

/** Raises a dispute: about a line, by `statement` and `line`, or a bucket, by `agreement`, `period` and `bucket`. */
export class DisputeInput {
  @ApiPropertyOptional({ type: String, format: 'uuid', description: 'With `line`' })
  @Optional()
  @IsUUID('all', { message: 'must be the id of a statement' })
  statement?: string;

  @ApiPropertyOptional({ type: String, format: 'uuid' })
  @Optional()
  @IsUUID('all', { message: 'must be the id of a line of the statement' })
  line?: string;

  @ApiPropertyOptional({
    type: String,
    description: 'Code of an agreement; with `period` and `bucket`',
    example: 'alpha-beta',
  })
  @Optional()
  @IsString({ message: 'must be the code of an agreement' })
  @MaxLength(63, { message: 'must be the code of an agreement' })
  agreement?: string;

  @ApiPropertyOptional({ type: String, example: '2026-10' })
  @Optional()
  @Satisfies('period', isPeriod, 'must be a period such as 2026-10')
  period?: string;

  @ApiPropertyOptional({
    type: BucketInput,
    description: 'A discrepancy: a bucket whose two sides do not match',
  })
  @Optional()
  @Nested(() => BucketInput)
  bucket?: BucketInput;

  @ApiProperty({ enum: DISPUTE_REASONS })
  @IsIn([...DISPUTE_REASONS], { message: `must be one of ${DISPUTE_REASONS.join(', ')}` })
  reason: DisputeReason;

  @ApiPropertyOptional({
    type: String,
    example: '1000000000',
    description: 'The bytes that are claimed to be right',
  })
  @Optional()
  @Bytes()
  claimedBytes?: string;

  @ApiPropertyOptional({
    type: String,
    example: '100.00',
    description: 'The amount of the line that is claimed to be right, in the agreement’s currency',
  })
  @Optional()
  @Amount()
  claimedAmount?: string;

  @ApiPropertyOptional({ type: EvidenceInput })
  @Optional()
  @Nested(() => EvidenceInput)
  evidence?: EvidenceInput;
}

/** How a dispute is to end: bytes of buckets for good, an amount conceded to the claim, or no change. */
export class ResolutionInput {
  @ApiProperty({ enum: RESOLUTIONS })
  @IsIn(RESOLUTIONS, { message: `must be one of ${RESOLUTIONS.join(', ')}` })
  kind: ProposedResolution['kind'];

  @ApiPropertyOptional({ type: [AgreedBucketInput], minItems: 1, maxItems: AGREED_BUCKETS_MAX })
  @Optional()
  @IsArray({ message: 'must be a list of buckets' })
  @ArrayMinSize(1, { message: 'must have at least one bucket' })
  @ArrayMaxSize(AGREED_BUCKETS_MAX, { message: `must have at most ${AGREED_BUCKETS_MAX} buckets` })
  @NestedList(() => AgreedBucketInput, 'a bucket')
  buckets?: AgreedBucketInput[];

  @ApiPropertyOptional({
    type: String,
    example: '25.00',
    description: 'How far the charge moves towards the claim, above 0 and at most what is disputed',
  })
  @Optional()
  @Amount()
  amount?: string;
}

export class ProposalInput {
  @ApiProperty({ type: ResolutionInput })
  @IsDefined({ message: 'must be an object' })
  @Nested(() => ResolutionInput)
  resolution: ResolutionInput;

  @ApiPropertyOptional({ type: EvidenceInput })
  @Optional()
  @Nested(() => EvidenceInput)
  evidence?: EvidenceInput;
}

export class DisputeQuery extends PageQuery {
  @ApiPropertyOptional({ type: String, description: 'Code of an agreement', example: 'alpha-beta' })
  @IsOptional()
  @IsString({ message: 'must be the code of an agreement' })
  @MaxLength(63, { message: 'must be the code of an agreement' })
  agreement?: string;

  @ApiPropertyOptional({
    type: String,
    format: 'uuid',
    description: 'Id of a statement',
    example: '019a7d3c-5e80-7000-8000-000000000001',
  })
  @IsOptional()
  @IsUUID('all', { message: 'must be the id of a statement' })
  statement?: string;

  @ApiPropertyOptional({ type: String, example: '2026-10', description: 'A calendar month' })
  @IsOptional()
  @Satisfies('period', isPeriod, 'must be a period such as 2026-10')
  period?: string;

  @ApiPropertyOptional({ enum: DISPUTE_STATES, description: 'Only those in this state', example: 'raised' })
  @IsOptional()
  @IsIn([...DISPUTE_STATES], { message: `must be one of ${DISPUTE_STATES.join(', ')}` })
  state?: string;

  @ApiPropertyOptional({
    enum: DISPUTE_REASONS,
    description: 'Only those raised for this reason',
    example: 'volume',
  })
  @IsOptional()
  @IsIn([...DISPUTE_REASONS], { message: `must be one of ${DISPUTE_REASONS.join(', ')}` })
  reason?: string;

  @ApiPropertyOptional({ type: String, description: 'Code of the party that raised it', example: 'alpha' })
  @IsOptional()
  @IsString({ message: 'must be the code of a party' })
  @MaxLength(63, { message: 'must be the code of a party' })
  raisedBy?: string;
}

/** A bucket as the rules name it. */
export function referenceOf({ direction, start, scope = {} }: BucketInput): BucketReference {
  return { direction, start, scope: { ...scope } };
}
