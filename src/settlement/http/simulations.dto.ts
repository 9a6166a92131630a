import { ApiProperty, OmitType } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsDefined, ValidateBy } from 'class-validator';
import { EXAMPLE_TERMS, TermsInput } from '../../agreements/index.js';
import { isPeriod } from '../../period/index.js';
import { Distinct, Nested } from '../../platform/http/index.js';
import { BytesByFlow, NetView, StatementLineView } from './statements.dto.js';

const PERIODS_MAX = 60;

/** Terms to try on past periods. */
export class SimulationInput {
  @ApiProperty({
    type: TermsInput,
    description: 'All of it counts but `reconciliation` and `days`',
    example: EXAMPLE_TERMS,
  })
  @IsDefined({ message: 'must be there' })
  @Nested(() => TermsInput)
  terms: TermsInput;

  @ApiProperty({ type: [String], example: ['2026-09', '2026-10'], minItems: 1, maxItems: PERIODS_MAX })
  @IsArray({ message: 'must be a list of periods' })
  @ArrayMinSize(1, { message: 'must have at least one period' })
  @ArrayMaxSize(PERIODS_MAX, { message: `must have at most ${PERIODS_MAX} periods` })
  @Distinct('must name each period once')
  @ValidateBy(
    { name: 'period', validator: { validate: (text) => typeof text === 'string' && isPeriod(text) } },
    { each: true, message: 'must have periods such as 2026-10' },
  )
  periods: string[];
}

class IssuedReference {
  @ApiProperty({ type: String, format: 'uuid' })
  id: string;

  @ApiProperty({ type: String, example: 'alpha-beta-0001' })
  number: string;
}

class SimulatedLineView extends OmitType(StatementLineView, ['id', 'version']) {
  @ApiProperty({ type: 'integer', nullable: true, description: 'null for a simulated line', example: null })
  version: number | null;
}

class PricedPeriodView {
  @ApiProperty({ type: BytesByFlow })
  zeroRatedBytes: BytesByFlow;

  @ApiProperty({ type: [SimulatedLineView] })
  lines: SimulatedLineView[];

  @ApiProperty({ type: String, example: '100.00' })
  payableByA: string;

  @ApiProperty({ type: String, example: '0.00' })
  payableByB: string;

  @ApiProperty({ type: NetView })
  net: NetView;
}

class DifferenceView {
  @ApiProperty({ type: BytesByFlow })
  zeroRatedBytes: BytesByFlow;

  @ApiProperty({ type: String, example: '100.00' })
  payableByA: string;

  @ApiProperty({ type: String, example: '0.00' })
  payableByB: string;

  @ApiProperty({ type: String, description: 'Signed, positive where A would owe B more', example: '0.00' })
  net: string;
}

class SimulatedPeriodView {
  @ApiProperty({ type: String, example: '2026-10' })
  period: string;

  @ApiProperty({ type: String, example: 'USD' })
  currency: string;

  @ApiProperty({ type: BytesByFlow })
  settledBytes: BytesByFlow;

  @ApiProperty({ type: IssuedReference, nullable: true, description: 'null while the period is open' })
  statement: IssuedReference | null;

  @ApiProperty({ type: PricedPeriodView, description: 'Under the terms in force' })
  actual: PricedPeriodView;

  @ApiProperty({ type: PricedPeriodView, description: 'Under the simulated terms' })
  simulated: PricedPeriodView;

  @ApiProperty({ type: DifferenceView, description: 'Simulated minus actual' })
  difference: DifferenceView;
}

export class SimulationView {
  @ApiProperty({ type: String, example: 'alpha-beta' })
  agreement: string;

  @ApiProperty({ type: [SimulatedPeriodView], description: 'In the order in which the periods were named' })
  periods: SimulatedPeriodView[];
}
