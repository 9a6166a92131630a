import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsDefined,
  IsIn,
  IsInt,
  IsString,
  Length,
  Max,
  Min,
  ValidateIf,
} from 'class-validator';
import { isDecimal, isTrafficUnit } from '../../money/index.js';
import { Distinct, Nested, NestedList, Optional, Satisfies } from '../../platform/http/index.js';
import type { ProposedTerms } from '../rules/complete-terms.js';

const BUCKETS = ['5min', '15min', 'hour', 'day', 'month'];
const SCOPE_FIELDS = ['sourceRegion', 'destinationRegion', 'service'];
const SETTLED_RULES = ['sender', 'receiver', 'lower', 'higher', 'average'];
const UNITS = ['GB', 'TB', 'PB', 'GiB', 'TiB', 'PiB'];
const MODELS = ['none', 'linear', 'graduated', 'volume'];
const VALUES_MAX = 1000;
const PPM_MAX = 1_000_000;

function Decimal(): PropertyDecorator {
  return Satisfies('decimal', isDecimal, 'must be a decimal string of at most 12 decimals, such as "0.015"');
}

function Bytes(): PropertyDecorator {
  const isBytes = (text: string): boolean => /^(0|[1-9]\d{0,18})$/.test(text);
  return Satisfies('bytes', isBytes, 'must be a whole number of bytes as a string, such as "0"');
}

function Unit(): PropertyDecorator {
  return Satisfies('unit', isTrafficUnit, `must be one of ${UNITS.join(', ')}`);
}

function WholeNumber(min: number, max: number): PropertyDecorator {
  const message = `must be a whole number from ${min} to ${max}`;
  return (target, key) => {
    IsInt({ message })(target, key);
    Min(min, { message })(target, key);
    Max(max, { message })(target, key);
  };
}

function OneOf(values: string[]): PropertyDecorator {
  return IsIn(values, { message: `must be one of ${values.join(', ')}` });
}

/** A list of distinct names. */
function Names(): PropertyDecorator {
  return (target, key) => {
    IsArray({ message: 'must be a list of names' })(target, key);
    ArrayMaxSize(VALUES_MAX, { message: `must have at most ${VALUES_MAX} names` })(target, key);
    Distinct('must name each once')(target, key);
    IsString({ each: true, message: 'must have texts' })(target, key);
    Length(1, 128, { each: true, message: 'must have names of 1 to 128 characters' })(target, key);
  };
}

export class ScopeValuesInput {
  @ApiPropertyOptional({ type: [String] })
  @Optional()
  @Names()
  sourceRegion?: string[];

  @ApiPropertyOptional({ type: [String] })
  @Optional()
  @Names()
  destinationRegion?: string[];

  @ApiPropertyOptional({ type: [String] })
  @Optional()
  @Names()
  service?: string[];
}

export class ReconciliationInput {
  @ApiPropertyOptional({ enum: BUCKETS, default: 'hour' })
  @Optional()
  @OneOf(BUCKETS)
  bucket?: string;

  @ApiPropertyOptional({ enum: SCOPE_FIELDS, isArray: true })
  @Optional()
  @IsArray({ message: 'must be a list of fields' })
  @Distinct('must name each field once')
  @IsIn(SCOPE_FIELDS, { each: true, message: `must have only ${SCOPE_FIELDS.join(', ')}` })
  scope?: string[];

  @ApiPropertyOptional({ type: ScopeValuesInput })
  @Optional()
  @Nested(() => ScopeValuesInput)
  scopeValues?: ScopeValuesInput;

  @ApiPropertyOptional({ type: String, default: '0', example: '0' })
  @Optional()
  @Bytes()
  absoluteBytes?: string;

  @ApiPropertyOptional({ type: 'integer', minimum: 0, maximum: PPM_MAX, default: 1000 })
  @Optional()
  @WholeNumber(0, PPM_MAX)
  ppm?: number;

  @ApiPropertyOptional({ type: String, default: '0', example: '0' })
  @Optional()
  @Bytes()
  monthAbsoluteBytes?: string;

  @ApiPropertyOptional({ type: 'integer', minimum: 0, maximum: PPM_MAX, default: 1000 })
  @Optional()
  @WholeNumber(0, PPM_MAX)
  monthPpm?: number;

  @ApiPropertyOptional({ enum: SETTLED_RULES, default: 'lower' })
  @Optional()
  @OneOf(SETTLED_RULES)
  settledBytesRule?: string;

  @ApiPropertyOptional({ enum: SETTLED_RULES, default: 'lower' })
  @Optional()
  @OneOf(SETTLED_RULES)
  mismatchRule?: string;

  @ApiPropertyOptional({ enum: ['use_reported', 'hold'], default: 'use_reported' })
  @Optional()
  @OneOf(['use_reported', 'hold'])
  oneSided?: string;
}

export class DaysInput {
  @ApiPropertyOptional({ type: 'integer', default: 5 })
  @Optional()
  @WholeNumber(0, 366)
  cutOff?: number;

  @ApiPropertyOptional({ type: 'integer', default: 15 })
  @Optional()
  @WholeNumber(0, 366)
  acceptance?: number;

  @ApiPropertyOptional({ type: 'integer', default: 30 })
  @Optional()
  @WholeNumber(0, 366)
  payment?: number;

  @ApiPropertyOptional({ type: 'integer', default: 60 })
  @Optional()
  @WholeNumber(0, 366)
  disputeWindow?: number;
}

export class ZeroRatingInput {
  @ApiProperty({ enum: ['none', 'all', 'allowance'] })
  @OneOf(['none', 'all', 'allowance'])
  kind: string;

  @ApiPropertyOptional({ type: String, example: '500000', description: 'Of an allowance, a period' })
  @ValidateIf(({ kind, quantity }: ZeroRatingInput) => kind === 'allowance' || quantity !== undefined)
  @Decimal()
  quantity?: string;

  @ApiPropertyOptional({ enum: UNITS })
  @ValidateIf(({ kind, unit }: ZeroRatingInput) => kind === 'allowance' || unit !== undefined)
  @Unit()
  unit?: string;

  @ApiPropertyOptional({ type: [String] })
  @Optional()
  @Names()
  sourceRegions?: string[];

  @ApiPropertyOptional({ type: [String] })
  @Optional()
  @Names()
  destinationRegions?: string[];

  @ApiPropertyOptional({ type: [String] })
  @Optional()
  @Names()
  services?: string[];
}

export class TierInput {
  @ApiProperty({
    type: String,
    nullable: true,
    example: '100000',
    description: 'null for the open last tier',
  })
  @ValidateIf(({ upTo }: TierInput) => upTo !== null)
  @Decimal()
  upTo: string | null;

  @ApiProperty({ type: String, example: '0.02' })
  @Decimal()
  unitPrice: string;

  @ApiPropertyOptional({ type: String, example: '10.00' })
  @Optional()
  @Decimal()
  flatFee?: string;
}

export class PricingInput {
  @ApiProperty({ enum: MODELS })
  @OneOf(MODELS)
  model: string;

  @ApiPropertyOptional({ enum: UNITS })
  @ValidateIf(({ model, unit }: PricingInput) => model !== 'none' || unit !== undefined)
  @Unit()
  unit?: string;

  @ApiPropertyOptional({ enum: ['sender', 'receiver'], default: 'sender' })
  @Optional()
  @OneOf(['sender', 'receiver'])
  payer?: string;

  @ApiPropertyOptional({ type: String, example: '0.02', description: 'Of the linear model' })
  @ValidateIf(({ model, unitPrice }: PricingInput) => model === 'linear' || unitPrice !== undefined)
  @Decimal()
  unitPrice?: string;

  @ApiPropertyOptional({ type: [TierInput], description: 'Of the graduated and volume models' })
  @ValidateIf(
    ({ model, tiers }: PricingInput) => ['graduated', 'volume'].includes(model) || tiers !== undefined,
  )
  @IsArray({ message: 'must be a list of tiers' })
  @ArrayMinSize(1, { message: 'must have at least one tier' })
  @ArrayMaxSize(100, { message: 'must have at most 100 tiers' })
  @NestedList(() => TierInput, 'a tier')
  tiers?: TierInput[];
}

export class DirectionInput {
  @ApiPropertyOptional({ type: ZeroRatingInput })
  @Optional()
  @Nested(() => ZeroRatingInput)
  zeroRating?: ZeroRatingInput;

  @ApiPropertyOptional({ type: PricingInput })
  @Optional()
  @Nested(() => PricingInput)
  pricing?: PricingInput;
}

export class DirectionsInput {
  @ApiPropertyOptional({ type: DirectionInput })
  @Optional()
  @Nested(() => DirectionInput)
  aToB?: DirectionInput;

  @ApiPropertyOptional({ type: DirectionInput })
  @Optional()
  @Nested(() => DirectionInput)
  bToA?: DirectionInput;
}

export class RatioExcessInput {
  @ApiProperty({ type: String, example: '2' })
  @Decimal()
  ratio: string;

  @ApiProperty({ type: String, example: '0.01' })
  @Decimal()
  unitPrice: string;

  @ApiProperty({ enum: UNITS })
  @Unit()
  unit: string;
}

export class PercentileInput {
  @ApiProperty({ enum: ['aToB', 'bToA', 'max_of_directions'] })
  @OneOf(['aToB', 'bToA', 'max_of_directions'])
  basis: string;

  @ApiProperty({ type: String, example: '10000' })
  @Decimal()
  commitMbps: string;

  @ApiProperty({ type: String, example: '0.30' })
  @Decimal()
  commitPrice: string;

  @ApiProperty({ type: String, example: '0.35' })
  @Decimal()
  overagePrice: string;

  @ApiProperty({ enum: ['A', 'B'] })
  @OneOf(['A', 'B'])
  payer: string;
}

export class CommitmentInput {
  @ApiProperty({ enum: ['A', 'B'] })
  @OneOf(['A', 'B'])
  party: string;

  @ApiProperty({ type: String, example: '24000.00' })
  @Decimal()
  amount: string;
}

/** Terms under which what A sends is free, and what B sends has a price by tiers. */
export const EXAMPLE_TERMS = {
  reconciliation: { bucket: 'hour', ppm: 1000, settledBytesRule: 'lower' },
  days: { cutOff: 5, acceptance: 15, payment: 30, disputeWindow: 60 },
  backBillingMonths: 6,
  directions: {
    aToB: { zeroRating: { kind: 'all' }, pricing: { model: 'none' } },
    bToA: {
      zeroRating: { kind: 'allowance', quantity: '500', unit: 'TB' },
      pricing: {
        model: 'graduated',
        unit: 'GB',
        tiers: [
          { upTo: '100000', unitPrice: '0.02' },
          { upTo: null, unitPrice: '0.015', flatFee: '10.00' },
        ],
      },
    },
  },
  commitments: [{ party: 'B', amount: '24000.00' }],
};

/** An agreement's terms; whatever is left out has the default shown, or is absent. */
export class TermsInput {
  @ApiPropertyOptional({ type: ReconciliationInput })
  @Optional()
  @Nested(() => ReconciliationInput)
  reconciliation?: ReconciliationInput;

  @ApiPropertyOptional({ type: DaysInput })
  @Optional()
  @Nested(() => DaysInput)
  days?: DaysInput;

  @ApiPropertyOptional({ type: 'integer', default: 6 })
  @Optional()
  @WholeNumber(0, 120)
  backBillingMonths?: number;

  @ApiPropertyOptional({ type: String, default: '0.00', example: '0.00' })
  @Optional()
  @Decimal()
  minimumDisputeAmount?: string;

  @ApiPropertyOptional({ type: Boolean, default: true })
  @Optional()
  @IsBoolean({ message: 'must be true or false' })
  netting?: boolean;

  @ApiProperty({ type: DirectionsInput })
  @IsDefined({ message: 'must be there: it says what is zero-rated and what is priced' })
  @Nested(() => DirectionsInput)
  directions: DirectionsInput;

  @ApiPropertyOptional({ type: RatioExcessInput })
  @Optional()
  @Nested(() => RatioExcessInput)
  ratioExcess?: RatioExcessInput;

  @ApiPropertyOptional({ type: PercentileInput })
  @Optional()
  @Nested(() => PercentileInput)
  percentile?: PercentileInput;

  @ApiPropertyOptional({ type: [CommitmentInput] })
  @Optional()
  @IsArray({ message: 'must be a list of commitments' })
  @ArrayMaxSize(2, { message: 'must have at most one commitment a party' })
  @NestedList(() => CommitmentInput, 'a commitment')
  commitments?: CommitmentInput[];
}

/**
 * The terms without classes and undefined members, as they will be hashed. The DTO has checked every member;
 * it is wider in type only, where literals are plain strings.
 */
export function plainTerms(terms: TermsInput): ProposedTerms {
  return JSON.parse(JSON.stringify(terms)) as ProposedTerms;
}
