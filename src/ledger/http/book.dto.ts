import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { isCurrency } from '../../money/index.js';
import { parseInstant } from '../../period/index.js';
import { PageQuery, Satisfies } from '../../platform/http/index.js';

const CODE_LENGTH_MAX = 200;

/** The instant of a checked parameter. */
export function instantOf(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(parseInstant(text) as number);
}

/** What every list of a book can be asked for. */
export class BookQuery extends PageQuery {
  @ApiPropertyOptional({
    type: String,
    description:
      'Whose book: only the operator needs it, and only the operator may name another than its own',
    example: 'alpha',
  })
  @IsOptional()
  @IsString({ message: 'must be the code of a provider' })
  @MaxLength(CODE_LENGTH_MAX, { message: 'must be the code of a provider' })
  provider?: string;

  @ApiPropertyOptional({ type: String, description: 'Code of the other party', example: 'beta' })
  @IsOptional()
  @IsString({ message: 'must be the code of a provider' })
  @MaxLength(CODE_LENGTH_MAX, { message: 'must be the code of a provider' })
  counterparty?: string;

  @ApiPropertyOptional({ type: String, example: 'USD', description: 'ISO 4217 currency' })
  @IsOptional()
  @Satisfies('currency', isCurrency, 'must be the code of an ISO 4217 currency, such as USD')
  currency?: string;
}
