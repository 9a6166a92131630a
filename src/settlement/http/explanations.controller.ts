import { Controller, Get, Param, Query } from '@nestjs/common';
import {
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
  OmitType,
} from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { CurrentCaller, Scopes, type Caller } from '../../access/index.js';
import { PageQuery } from '../../platform/http/index.js';
import { BucketPage, bucketPage, bucketPosition } from '../../reconciliation/index.js';
import { recordPage, recordPosition, TrafficRecordPage } from '../../traffic/index.js';
import { ExplanationService } from '../explanation.service.js';
import { StatementsService } from '../statements.service.js';
import { StatementLineView } from './statements.dto.js';

class ExplanationQuery extends OmitType(PageQuery, ['cursor']) {
  @ApiPropertyOptional({ type: String, description: '`buckets.nextCursor` of the page before' })
  @IsOptional()
  @IsString({ message: 'must be the nextCursor of the page before' })
  @MaxLength(1024, { message: 'must be the nextCursor of the page before' })
  bucketCursor?: string;

  @ApiPropertyOptional({ type: String, description: '`records.nextCursor` of the page before' })
  @IsOptional()
  @IsString({ message: 'must be the nextCursor of the page before' })
  @MaxLength(1024, { message: 'must be the nextCursor of the page before' })
  recordCursor?: string;
}

class TermView {
  @ApiProperty({ type: 'integer' })
  version: number;

  @ApiProperty({ type: String, example: '/terms/directions/aToB/pricing' })
  pointer: string;

  @ApiProperty({ description: 'What the term says', type: Object, nullable: true })
  value: unknown;
}

class ExplanationView {
  @ApiProperty({ type: StatementLineView })
  line: StatementLineView;

  @ApiProperty({ type: TermView })
  term: TermView;

  @ApiProperty({ type: [String], description: 'The rule with its numbers put in, step by step' })
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
@Controller('v1/statements/:statement/lines/:line/explanation')
export class ExplanationsController {
  constructor(
    private readonly explanations: ExplanationService,
    private readonly statements: StatementsService,
  ) {}

  @Get()
  @Scopes('statements:read')
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
