import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { formatAmount } from '../../money/index.js';
import { formatInstant } from '../../period/index.js';
import { PageOf, Satisfies } from '../../platform/http/index.js';
import type { BalanceReport } from '../ledger.service.js';
import { BookQuery, INSTANT_EXPECTED, isInstant } from './book.dto.js';

export class BalancesQuery extends BookQuery {
  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    description: 'Counts what takes effect up to and including this instant; default: everything posted',
  })
  @IsOptional()
  @Satisfies('instant', isInstant, INSTANT_EXPECTED)
  asOf?: string;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    description: 'Counts what was recorded up to and including this instant',
  })
  @IsOptional()
  @Satisfies('instant', isInstant, INSTANT_EXPECTED)
  recordedAsOf?: string;
}

/** What one provider's book says of one counterparty in one currency, over all their agreements. */
export class BalanceView {
  @ApiProperty({ type: String, description: 'Whose book' })
  provider: string;

  @ApiProperty({ type: String })
  counterparty: string;

  @ApiProperty({ type: String })
  currency: string;

  @ApiProperty({ type: String, description: 'Owed to the provider, undisputed; negative once overpaid' })
  receivable: string;

  @ApiProperty({ type: String, description: 'Owed by the provider, undisputed; negative once overpaid' })
  payable: string;

  @ApiProperty({ type: String })
  disputedReceivable: string;

  @ApiProperty({ type: String })
  disputedPayable: string;

  @ApiProperty({
    type: String,
    description:
      'receivable + disputedReceivable - payable - disputedPayable: positive where the counterparty owes. ' +
      'A dispute withholds payment and does not move it.',
  })
  net: string;

  @ApiProperty({
    type: String,
    description:
      'What the open periods have accrued so far, positive where the counterparty will owe it; zero when an ' +
      'instant is asked for',
  })
  unbilled: string;

  @ApiProperty({ type: String, description: "Given to the provider's own customers; never part of net" })
  creditsGiven: string;

  @ApiProperty({ type: String, format: 'date-time' })
  asOf: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  recordedAsOf: string | null;
}

export class BalancePage extends PageOf(BalanceView) {}

/** Renders a balance. */
export function showBalance(
  balance: BalanceReport['balances'][number],
  of: { provider: string; counterparty: string; asOf: Date; recordedAsOf: Date | undefined },
): BalanceView {
  const { currency } = balance;
  const money = (minor: bigint) => formatAmount(minor, currency);
  return {
    provider: of.provider,
    counterparty: of.counterparty,
    currency,
    receivable: money(balance.receivable),
    payable: money(balance.payable),
    disputedReceivable: money(balance.disputedReceivable),
    disputedPayable: money(balance.disputedPayable),
    net: money(balance.net),
    unbilled: money(balance.unbilled),
    creditsGiven: money(balance.creditsGiven),
    asOf: formatInstant(of.asOf.getTime()),
    recordedAsOf: of.recordedAsOf ? formatInstant(of.recordedAsOf.getTime()) : null,
  };
}
