import { ApiProperty } from '@nestjs/swagger';
import { FLOW_DIRECTIONS } from '../../agreements/index.js';
import { LINE_KINDS } from '../../rating/index.js';
import type { RestatedAmount, RestatedFigures, RestatedLine, Restatement } from '../rules/restatement.js';
import { BytesByFlow } from './statements.dto.js';

class RestatedFiguresView implements RestatedFigures {
  @ApiProperty({ type: String, nullable: true, example: '5000000000000' })
  bytes: string | null;

  @ApiProperty({ type: String, example: '5000' })
  quantity: string;

  @ApiProperty({ type: String, example: '800.00' })
  amount: string;
}

class RestatedAmountView implements RestatedAmount {
  @ApiProperty({ type: String, description: 'On the statement itself', example: '100.00' })
  issued: string;

  @ApiProperty({ type: String, description: 'By adjustments on later statements', example: '0.00' })
  adjusted: string;

  @ApiProperty({ type: String, description: 'With all that is known now', example: '100.00' })
  now: string;

  @ApiProperty({ type: String, description: 'now - issued - adjusted', example: '0.00' })
  difference: string;
}

class RestatedLineView implements RestatedLine {
  @ApiProperty({ enum: LINE_KINDS })
  kind: RestatedLine['kind'];

  @ApiProperty({ enum: FLOW_DIRECTIONS, nullable: true, description: 'null where both directions count' })
  direction: RestatedLine['direction'];

  @ApiProperty({ type: 'integer' })
  version: number;

  @ApiProperty({ type: 'integer', nullable: true })
  tier: number | null;

  @ApiProperty({ type: String, example: 'GB' })
  unit: string;

  @ApiProperty({ type: String, example: '0.02' })
  unitPrice: string;

  @ApiProperty({ type: String, example: 'alpha' })
  payer: string;

  @ApiProperty({ type: String, example: 'beta' })
  payee: string;

  @ApiProperty({ type: RestatedFiguresView, description: 'On the statement itself' })
  issued: RestatedFiguresView;

  @ApiProperty({ type: RestatedFiguresView, description: 'By adjustments on later statements' })
  adjusted: RestatedFiguresView;

  @ApiProperty({ type: RestatedFiguresView, description: 'With all that is known now' })
  now: RestatedFiguresView;

  @ApiProperty({ type: RestatedFiguresView, description: 'now - issued - adjusted' })
  difference: RestatedFiguresView;
}

class BytesBefore {
  @ApiProperty({ type: BytesByFlow, description: 'On the statement itself' })
  issued: BytesByFlow;

  @ApiProperty({ type: BytesByFlow, description: 'With all that is known now' })
  now: BytesByFlow;
}

/** What a statement's period would come to with all that is known now, beside what was issued. */
export class RestatementView implements Restatement {
  @ApiProperty({ type: String, format: 'uuid' })
  statement: string;

  @ApiProperty({ type: String, example: 'alpha-beta-0001' })
  number: string;

  @ApiProperty({ type: String, example: 'alpha-beta' })
  agreement: string;

  @ApiProperty({ type: String, example: '2026-10' })
  period: string;

  @ApiProperty({ type: String, example: 'USD' })
  currency: string;

  @ApiProperty({ type: BytesBefore })
  settledBytes: BytesBefore;

  @ApiProperty({ type: BytesBefore })
  zeroRatedBytes: BytesBefore;

  @ApiProperty({ type: [RestatedLineView], description: 'Every charge that was issued or is due now' })
  lines: RestatedLineView[];

  @ApiProperty({ type: RestatedAmountView })
  payableByA: RestatedAmountView;

  @ApiProperty({ type: RestatedAmountView })
  payableByB: RestatedAmountView;

  @ApiProperty({ type: RestatedAmountView, description: 'Signed, positive where A owes B' })
  net: RestatedAmountView;
}
