import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  Length,
  Matches,
} from 'class-validator';
import { isDecimal, isTrafficUnit, type TrafficUnit } from '../../money/index.js';
import { formatInstant, parseInstant } from '../../period/index.js';
import { NestedList, NO_CONTROL_CHARACTERS, PageOf, Satisfies } from '../../platform/http/index.js';
import { PRICE_SIDES, type ListPrice, type PriceSide } from '../rules/list-price.js';

const DAY_MS = 86_400_000;
const PRICES_MAX = 1_000;
const UNITS: TrafficUnit[] = ['GB', 'TB', 'PB', 'GiB', 'TiB', 'PiB'];

/** One price that is to be added. */
export class ListPriceInput {
  @ApiProperty({ enum: PRICE_SIDES })
  @IsIn(PRICE_SIDES, { message: 'must be egress or ingress' })
  side: PriceSide;

  @ApiProperty({ enum: UNITS })
  @Satisfies('traffic_unit', isTrafficUnit, `must be one of ${UNITS.join(', ')}`)
  unit: TrafficUnit;

  @ApiProperty({ type: String, example: '0.22' })
  @Satisfies(
    'decimal',
    isDecimal,
    'must be a decimal text such as "0.22", not negative, with at most 12 decimals',
  )
  unitPrice: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-10-01T00:00:00Z' })
  @Satisfies('utc_midnight', isUtcMidnight, 'must be a midnight in UTC, such as 2026-10-01T00:00:00Z')
  from: string;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    maxLength: 128,
    description: 'Every region, when absent',
    example: 'eu-west',
  })
  @IsOptional()
  @IsString({ message: 'must be a text' })
  @Length(1, 128, { message: 'must have 1 to 128 characters' })
  @Matches(NO_CONTROL_CHARACTERS, { message: 'must have no control characters' })
  region?: string | null;
}

/** Prices that are to be added together. */
export class ListPricesInput {
  @ApiProperty({ type: [ListPriceInput], minItems: 1, maxItems: PRICES_MAX })
  @IsArray({ message: 'must be a list of prices' })
  @ArrayMinSize(1, { message: 'must have at least one price' })
  @ArrayMaxSize(PRICES_MAX, { message: `must have at most ${PRICES_MAX} prices` })
  @NestedList(() => ListPriceInput, 'a price')
  prices: ListPriceInput[];
}

/** A price as its provider sees it. */
export class ListPriceView {
  @ApiProperty({ enum: PRICE_SIDES })
  side: PriceSide;

  @ApiProperty({ type: String, nullable: true, example: 'eu-west' })
  region: string | null;

  @ApiProperty({ enum: UNITS })
  unit: TrafficUnit;

  @ApiProperty({ type: String, example: '0.02' })
  unitPrice: string;

  @ApiProperty({ type: String, format: 'date-time' })
  from: string;
}

/** The prices that are there now, of those that were sent. */
export class ListPricesView {
  @ApiProperty({ type: [ListPriceView] })
  prices: ListPriceView[];
}

export class ListPricePage extends PageOf(ListPriceView) {}

/** The price that a valid input stands for. */
export function listPriceFrom(input: ListPriceInput): ListPrice {
  const { side, unit, unitPrice, region } = input;
  return { side, region: region ?? null, from: parseInstant(input.from) as number, unit, unitPrice };
}

/** Renders a price. */
export function showListPrice({ side, region, unit, unitPrice, from }: ListPrice): ListPriceView {
  return { side, region, unit, unitPrice, from: formatInstant(from) };
}

function isUtcMidnight(text: string): boolean {
  const instant = parseInstant(text);
  return instant !== null && instant % DAY_MS === 0;
}
