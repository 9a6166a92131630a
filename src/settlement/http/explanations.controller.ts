import { Controller, Get, Param, Query } from '@nestjs/common';
import {
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
  getSchemaPath,
  OmitType,
} from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { CurrentCaller, Scopes, type Caller } from '../../access/index.js';
import { PageQuery, Problems } from '../../platform/http/index.js';
import { BucketPage, bucketPage, bucketPosition } from '../../reconciliation/index.js';
import { recordPage, recordPosition, TrafficRecordPage } from '../../traffic/index.js';
import { ExplanationService } from '../explanation.service.js';
import { StatementsService } from '../statements.service.js';
import { StatementLineView } from './statements.dto.js';
import { OfStatement } from './of-statement.js';

class ExplanationQuery extends OmitType(PageQuery, ['cursor']) {
  @ApiPropertyOptional({
    type: String,
    description: '`buckets.nextCursor` of the page before',
    example: 'WyJhVG9CIiwxNzU5Mjc2ODAwMDAwLCIiLCIiLCIiXQ',
  })
  @IsOptional()
  @IsString({ message: 'must be the nextCursor of the page before' })
  @MaxLength(1024, { message: 'must be the nextCursor of the page before' })
  bucketCursor?: string;

  @ApiPropertyOptional({
    type: String,
    description: '`records.nextCursor` of the page before',
    example: 'WyIyMDI2LTEwLTAxVDAwOjAwOjAwWiIsImZsb3ctMSIsMF0',
  })
  @IsOptional()
  @IsString({ message: 'must be the nextCursor of the page before' })
  @MaxLength(1024, { message: 'must be the nextCursor of the page before' })
  recordCursor?: string;
}

/** The kinds of terms that a line can come of. */
const TERM_VALUE = {
  oneOf: [
    { $ref: getSchemaPath('PricingInput') },
    { $ref: getSchemaPath('TierInput') },
    { $ref: getSchemaPath('RatioExcessInput') },
    { $ref: getSchemaPath('PercentileInput') },
    { $ref: getSchemaPath('CommitmentInput') },
    { type: 'array', items: { $ref: getSchemaPath('CommitmentInput') } },
    { type: 'string' },
    { type: 'null' },
  ],
  example: { model: 'linear', unit: 'GB', payer: 'sender', unitPrice: '0.02' },
};

class TermView {
  @ApiProperty({ type: 'integer' })
  version: number;

  @ApiProperty({ type: String, example: '/terms/directions/aToB/pricing' })
  pointer: string;

  @ApiProperty({ ...TERM_VALUE, description: 'What the term says; null where no term says anything' })
  value: unknown;
}

class ExplanationView {
  @ApiProperty({ type: StatementLineView })
  line: StatementLineView;

  @ApiProperty({ type: TermView })
  term: TermView;

  @ApiProperty({
    type: [String],
    description: 'The rule with its numbers put in, step by step',
    example: ['5000000000000 B / 1000000000 B = 5000 GB', '5000 GB x 0.02 = 100'],
  })
  formula: string[];

  @ApiProperty({ type: BucketPage, description: 'The buckets that the line counts' })
  buckets: BucketPage;

  @ApiProperty({
    type: TrafficRecordPage,
    nullable: true,
    description: 'The caller’s own records behind them, each with its batch; null for the operator',
  })
  records: TrafficRecordPage | null;
}

@ApiTags('statements')
@OfStatement()
@Controller('v1/statements/:statement/lines/:line/explanation')
export class ExplanationsController {
  constructor(
    private readonly explanations: ExplanationService,
    private readonly statements: StatementsService,
  ) {}

  @Get()
  @Scopes('statements:read')
  @ApiParam({ name: 'line', description: 'Id of the line', example: '019a7d3c-5e80-7000-8000-000000000001' })
  @Problems('line_not_found')
  @ApiOperation({
    operationId: 'explainLine',
    summary: 'Where a statement line’s amount comes from',
    description: 'Buckets and records have a cursor each.',
  })
  @ApiOkResponse({ type: ExplanationView })
  async explain(
    @CurrentCaller() caller: Caller,
    @Param('statement') id: string,
    @Param('line') lineId: string,
    @Query() { limit, bucketCursor, recordCursor }: ExplanationQuery,
  ): Promise<ExplanationView> {
    const statement = await this.statements.find(caller, id);
    const explained = await this.explanations.explain(statement, lineId);
    const from = bucketPosition(bucketCursor);
    const { buckets, version } = await this.explanations.buckets(statement, lineId, from, limit + 1);
    const after = recordPosition(recordCursor);
    const records = await this.explanations.ownRecords(caller, statement, lineId, after, limit + 1);
    return {
      ...explained,
      buckets: bucketPage(buckets, version.terms.reconciliation, limit),
      records: records && recordPage(records, limit),
    };
  }
}
