import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { formatAmount } from '../../money/index.js';
import { formatInstant, isInstant } from '../../period/index.js';
import { INSTANT_IN_URL_EXPECTED, PageOf, Satisfies } from '../../platform/http/index.js';
import type { BalanceReport } from '../ledger.service.js';
import { BookQuery } from './book.dto.js';

export class BalancesQuery extends BookQuery {
  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    description: 'Counts what takes effect up to and including this instant; default: everything posted',
    example: '2026-11-01T00:00:00Z',
  })
  @IsOptional()
  @Satisfies('instant', isInstant, INSTANT_IN_URL_EXPECTED)
  asOf?: string;

  @ApiPropertyOptional({ type: String, description: 'Code of the agreement', example: 'alpha-beta' })
  @IsOptional()
  @IsString({ message: 'must be the code of an agreement' })
  @MaxLength(200, { message: 'must be the code of an agreement' })
  agreement?: string;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    description: 'Counts what was recorded up to and including this instant',
    example: '2026-11-06T00:00:00Z',
  })
  @IsOptional()
  @Satisfies('instant', isInstant, INSTANT_IN_URL_EXPECTED)
  recordedAsOf?: string;
}

/** What is owed each way in one currency. */
class AmountsView {
  @ApiProperty({ type: String, example: 'USD' })
  currency: string;

  @ApiProperty({
    type: String,
    description: 'Owed to the provider, undisputed; negative once overpaid',
    example: '0.00',
  })
  receivable: string;

  @ApiProperty({
    type: String,
    description: 'Owed by the provider, undisputed; negative once overpaid',
    example: '100.00',
  })
  payable: string;

  @ApiProperty({ type: String, example: '0.00' })
  disputedReceivable: string;

  @ApiProperty({ type: String, example: '0.00' })
  disputedPayable: string;

  @ApiProperty({
    type: String,
    description:
      'receivable + disputedReceivable - payable - disputedPayable: positive where the counterparty owes. ' +
      'A dispute withholds payment and does not move it.',
    example: '100.00',
  })
  net: string;

  @ApiProperty({
    type: String,
    description:
      'What the open periods have accrued so far, positive where the counterparty will owe it; zero when an ' +
      'instant is asked for',
    example: '0.00',
  })
  unbilled: string;

  @ApiProperty({
    type: String,
    description: "Given to the provider's own customers; never part of net",
    example: '2200.00',
  })
  creditsGiven: string;
}

class AgreementBalanceView extends AmountsView {
  @ApiProperty({ type: String, nullable: true, description: 'Code of the agreement', example: 'alpha-beta' })
  agreement: string | null;
}

/** What one provider's book says of one counterparty in one currency, over all their agreements. */
export class BalanceView extends AmountsView {
  @ApiProperty({ type: String, description: 'Whose book', example: 'alpha' })
  provider: string;

  @ApiProperty({ type: String, example: 'beta' })
  counterparty: string;

  @ApiProperty({ type: String, format: 'date-time' })
  asOf: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  recordedAsOf: string | null;

  @ApiProperty({ type: [AgreementBalanceView], description: 'The same by agreement' })
  agreements: AgreementBalanceView[];
}

export class BalancePage extends PageOf(BalanceView) {
  @ApiProperty({ type: [AmountsView], description: 'Sums by currency of the whole list, not of the page' })
  totals: AmountsView[];
}

/** Renders a balance. */
export function showBalance(
  balance: BalanceReport['balances'][number],
  of: { provider: string; counterparty: string; asOf: Date; recordedAsOf: Date | undefined },
  agreementCodes: ReadonlyMap<string, string>,
): BalanceView {
  return {
    provider: of.provider,
    counterparty: of.counterparty,
    ...showTotal(balance),
    asOf: formatInstant(of.asOf.getTime()),
    recordedAsOf: of.recordedAsOf ? formatInstant(of.recordedAsOf.getTime()) : null,
    agreements: balance.agreements.map((each) => ({
      agreement: agreementCodes.get(each.agreementId) ?? null,
      ...showTotal(each),
    })),
  };
}

/** Renders what is owed each way in one currency. */
export function showTotal(total: BalanceReport['totals'][number]): AmountsView {
  const { currency } = total;
  const money = (minor: bigint): string => formatAmount(minor, currency);
  return {
    currency,
    receivable: money(total.receivable),
    payable: money(total.payable),
    disputedReceivable: money(total.disputedReceivable),
    disputedPayable: money(total.disputedPayable),
    net: money(total.net),
    unbilled: money(total.unbilled),
    creditsGiven: money(total.creditsGiven),
  };
}
