import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  IsArray,
  IsInt,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { isCurrency } from '../../money/index.js';
import { formatInstant } from '../../period/index.js';
import { Distinct, NO_CONTROL_CHARACTERS, PageOf, Satisfies } from '../../platform/http/index.js';
import type { Provider } from '../providers.service.js';

const ASN_MAX = 2 ** 32 - 1;
const ASNS_MAX = 1_000;

/** A lower-case code such as `acme-cloud`. */
export const SLUG = /^[a-z0-9](-?[a-z0-9])*$/;

/** What registers a provider. */
export class ProviderInput {
  @ApiProperty({ type: String, maxLength: 63, pattern: SLUG.source, example: 'acme-cloud' })
  @IsString({ message: 'must be a text' })
  @MaxLength(63, { message: 'must have at most 63 characters' })
  @Matches(SLUG, { message: 'must be lower-case letters and digits, with single hyphens between them' })
  code: string;

  @ApiProperty({ type: String, maxLength: 200, description: 'The legal name', example: 'ACME Cloud, Inc.' })
  @IsString({ message: 'must be a text' })
  @Length(1, 200, { message: 'must have 1 to 200 characters' })
  @Matches(NO_CONTROL_CHARACTERS, { message: 'must have no control characters' })
  name: string;

  @ApiProperty({ type: [Number], maxItems: ASNS_MAX, example: [64500] })
  @IsArray({ message: 'must be a list of AS numbers' })
  @ArrayMaxSize(ASNS_MAX, { message: `must have at most ${ASNS_MAX} AS numbers` })
  @Distinct('must name each AS number once')
  @IsInt({ each: true, message: `must be whole numbers from 1 to ${ASN_MAX}` })
  @Min(1, { each: true, message: `must be whole numbers from 1 to ${ASN_MAX}` })
  @Max(ASN_MAX, { each: true, message: `must be whole numbers from 1 to ${ASN_MAX}` })
  asns: number[];

  @ApiProperty({ type: String, pattern: '^[A-Z]{3}$', example: 'USD' })
  @Satisfies('currency', isCurrency, 'must be the code of an ISO 4217 currency, such as USD')
  billingCurrency: string;
}

/** A provider as everybody may see it. */
export class ProviderView {
  @ApiProperty({ type: String, format: 'uuid' })
  id: string;

  @ApiProperty({ type: String, example: 'alpha' })
  code: string;

  @ApiProperty({ type: String, example: 'Alpha Cloud, Inc.' })
  name: string;

  @ApiProperty({ type: [Number] })
  asns: readonly number[];

  @ApiProperty({ type: String, example: 'USD' })
  billingCurrency: string;

  @ApiProperty({ type: String, format: 'date-time' })
  createdAt: string;
}

export class ProviderPage extends PageOf(ProviderView) {}

/** Renders a provider. */
export function showProvider(provider: Provider): ProviderView {
  const { id, code, name, asns, billingCurrency, createdAt } = provider;
  return { id, code, name, asns, billingCurrency, createdAt: formatInstant(createdAt.getTime()) };
}
