import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { Scopes } from '../../access/index.js';
import { formatAmount, isCurrency } from '../../money/index.js';
import { formatInstant } from '../../period/index.js';
import { Satisfies } from '../../platform/http/index.js';
import { NettingService, type CurrencyNetting } from '../netting.service.js';

class NettingQuery {
  @ApiPropertyOptional({ type: String, example: 'USD', description: 'ISO 4217 currency' })
  @IsOptional()
  @Satisfies('currency', isCurrency, 'must be the code of an ISO 4217 currency, such as USD')
  currency?: string;
}

class NetPositionView {
  @ApiProperty({ type: String, example: 'alpha' })
  provider: string;

  @ApiProperty({
    type: String,
    description: 'Above 0 where it is owed, over all its agreements; undisputed',
    example: '100.00',
  })
  net: string;

  @ApiProperty({
    type: String,
    description: 'What is disputed on top, and not to be paid now',
    example: '0.00',
  })
  disputed: string;
}

class NettingPaymentView {
  @ApiProperty({ type: String, example: 'alpha' })
  payer: string;

  @ApiProperty({ type: String, example: 'beta' })
  payee: string;

  @ApiProperty({ type: String, example: '100.00' })
  amount: string;
}

class CurrencyNettingView {
  @ApiProperty({ type: String, example: 'USD' })
  currency: string;

  @ApiProperty({ type: [NetPositionView] })
  positions: NetPositionView[];

  @ApiProperty({ type: Boolean, description: 'Whether the positions add up to zero, as they must' })
  conserved: boolean;

  @ApiProperty({
    enum: ['exact', 'greedy'],
    nullable: true,
    description:
      'exact: no fewer payments clear the positions, found by parting them into the most groups that add up to ' +
      'zero; greedy: there are too many for that, so the largest debtor pays the largest creditor in turn',
  })
  method: 'exact' | 'greedy' | null;

  @ApiProperty({ type: [NettingPaymentView] })
  payments: NettingPaymentView[];
}

class NettingView {
  @ApiProperty({ type: String, format: 'date-time' })
  asOf: string;

  @ApiProperty({ type: [CurrencyNettingView] })
  data: CurrencyNettingView[];
}

@ApiTags('payments')
@Controller('v1/netting')
export class NettingController {
  constructor(private readonly netting: NettingService) {}

  @Get()
  @Scopes('operator')
  @ApiOperation({
    operationId: 'proposeNetting',
    summary: 'Net positions of all providers by currency, and the fewest payments that clear them',
    description: 'A proposal: it changes nothing until payments are recorded.',
  })
  @ApiOkResponse({ type: NettingView })
  async propose(@Query() { currency }: NettingQuery): Promise<NettingView> {
    const asOf = formatInstant(Date.now());
    return { asOf, data: (await this.netting.propose(currency ?? null)).map(show) };
  }
}

function show({ currency, positions, isConserved, proposal }: CurrencyNetting): CurrencyNettingView {
  const money = (minor: bigint): string => formatAmount(minor, currency);
  return {
    currency,
    positions: positions.map(({ provider, net, disputed }) => ({
      provider,
      net: money(net),
      disputed: money(disputed),
    })),
    conserved: isConserved,
    method: proposal?.method ?? null,
    payments: (proposal?.payments ?? []).map((payment) => ({ ...payment, amount: money(payment.amount) })),
  };
}
