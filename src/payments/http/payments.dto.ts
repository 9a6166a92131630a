import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  Length,
  Matches,
  MaxLength,
} from 'class-validator';
import { formatAmount } from '../../money/index.js';
import { formatInstant, isInstant } from '../../period/index.js';
import {
  Distinct,
  INSTANT_EXPECTED,
  NO_CONTROL_CHARACTERS,
  Optional,
  PageOf,
  PageQuery,
  Satisfies,
} from '../../platform/http/index.js';
import { PAYMENT_STATES, type PaymentState } from '../rules/payment-state.js';
import type { PaymentRow } from '../sql/payment-row.js';

const REASON_MAX = 1000;
const REFERENCE_MAX = 200;
const STATEMENTS_MAX = 100;
const CODE_MAX = 63;

/** A payment that was made outside. */
export class PaymentRequest {
  @ApiProperty({ type: String, example: 'alpha-beta', description: 'Code of the agreement' })
  @IsString({ message: 'must be the code of an agreement' })
  @MaxLength(CODE_MAX, { message: 'must be the code of an agreement' })
  agreement: string;

  @ApiProperty({ type: String, example: 'alpha', description: 'Code of the party that paid' })
  @IsString({ message: 'must be the code of a party' })
  @MaxLength(CODE_MAX, { message: 'must be the code of a party' })
  payer: string;

  @ApiProperty({ type: String, example: '1000.00', description: 'Above 0, in the currency of the agreement' })
  @IsString({ message: 'must be a decimal text such as 1000.00' })
  @MaxLength(60, { message: 'must be a decimal text such as 1000.00' })
  amount: string;

  @ApiProperty({ type: String, example: 'USD' })
  @IsString({ message: 'must be the currency of the agreement, such as USD' })
  @MaxLength(3, { message: 'must be the currency of the agreement, such as USD' })
  currency: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'When it was paid: it takes effect from then on',
  })
  @Satisfies('instant', isInstant, INSTANT_EXPECTED)
  paidAt: string;

  @ApiProperty({ type: String, maxLength: REFERENCE_MAX, example: 'wire 2026-11-06/17' })
  @IsString({ message: `must be a text of 1 to ${REFERENCE_MAX} characters` })
  @Length(1, REFERENCE_MAX, { message: `must be a text of 1 to ${REFERENCE_MAX} characters` })
  @Matches(NO_CONTROL_CHARACTERS, { message: 'must have no control characters' })
  reference: string;

  @ApiPropertyOptional({
    type: [String],
    maxItems: STATEMENTS_MAX,
    description:
      'Ids of the statements that it pays, in this order; what is left, or all, pays the oldest first',
  })
  @Optional()
  @IsArray({ message: `must be a list of at most ${STATEMENTS_MAX} statement ids` })
  @ArrayMaxSize(STATEMENTS_MAX, { message: `must be a list of at most ${STATEMENTS_MAX} statement ids` })
  @Distinct('must name each statement once')
  @IsString({ each: true, message: 'must be ids of statements' })
  statements?: string[];
}

export class ReversalInput {
  @ApiPropertyOptional({ type: String, maxLength: REASON_MAX, example: 'The bank returned it' })
  @Optional()
  @IsString({ message: `must be a text of at most ${REASON_MAX} characters` })
  @MaxLength(REASON_MAX, { message: `must be a text of at most ${REASON_MAX} characters` })
  reason?: string;
}

export class PaymentsQuery extends PageQuery {
  @ApiPropertyOptional({ type: String, description: 'Code of an agreement', example: 'alpha-beta' })
  @IsOptional()
  @IsString({ message: 'must be the code of an agreement' })
  @MaxLength(CODE_MAX, { message: 'must be the code of an agreement' })
  agreement?: string;

  @ApiPropertyOptional({ type: String, description: 'Code of the party that paid', example: 'alpha' })
  @IsOptional()
  @IsString({ message: 'must be the code of a provider' })
  @MaxLength(CODE_MAX, { message: 'must be the code of a provider' })
  payer?: string;

  @ApiPropertyOptional({ enum: PAYMENT_STATES, description: 'Only those in this state', example: 'recorded' })
  @IsOptional()
  @IsIn(PAYMENT_STATES, { message: `must be one of ${PAYMENT_STATES.join(', ')}` })
  state?: PaymentState;
}

export class PaymentView {
  @ApiProperty({ type: String, format: 'uuid' })
  id: string;

  @ApiProperty({ type: String, example: 'alpha-beta' })
  agreement: string;

  @ApiProperty({ type: String, example: 'alpha' })
  payer: string;

  @ApiProperty({ type: String, example: 'beta' })
  payee: string;

  @ApiProperty({ type: String, example: '1000.00' })
  amount: string;

  @ApiProperty({ type: String, example: 'USD' })
  currency: string;

  @ApiProperty({ type: String, format: 'date-time' })
  paidAt: string;

  @ApiProperty({ type: String, example: 'alpha-beta-0001' })
  reference: string;

  @ApiProperty({
    type: [String],
    description: 'The statements it names; empty: the oldest first',
    example: [],
  })
  statements: string[];

  @ApiProperty({ enum: PAYMENT_STATES })
  state: PaymentState;

  @ApiProperty({ type: String, format: 'date-time' })
  recordedAt: string;

  @ApiProperty({ type: String, description: 'Code of the provider, or operator', example: 'alpha' })
  recordedBy: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  confirmedAt: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Code of the provider, or operator',
    example: 'beta',
  })
  confirmedBy: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  reversedAt: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Code of the provider, or operator',
    example: null,
  })
  reversedBy: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  reversalReason: string | null;
}

export class PaymentPage extends PageOf(PaymentView) {}

const OPERATOR = 'operator';

/** Renders a payment. */
export function showPayment(row: PaymentRow): PaymentView {
  const instant = (date: Date | null): string | null => date && formatInstant(date.getTime());
  return {
    id: row.id,
    agreement: row.agreement,
    payer: row.payer.code,
    payee: row.payee.code,
    amount: formatAmount(BigInt(row.amount), row.currency),
    currency: row.currency,
    paidAt: formatInstant(row.paidAt.getTime()),
    reference: row.reference,
    statements: row.statementIds,
    state: row.state,
    recordedAt: formatInstant(row.recordedAt.getTime()),
    recordedBy: row.recordedBy ?? OPERATOR,
    confirmedAt: instant(row.confirmedAt),
    confirmedBy: row.confirmedAt && (row.confirmedBy ?? OPERATOR),
    reversedAt: instant(row.reversedAt),
    reversedBy: row.reversedAt && (row.reversedBy ?? OPERATOR),
    reversalReason: row.reversalReason,
  };
}
