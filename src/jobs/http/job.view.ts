import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { formatInstant } from '../../period/index.js';
import type { JobRow } from '../sql/job-row.js';

const SHA256 = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const STATEMENT = '019a7d3c-5e80-7000-8000-000000000001';
const CLOSE_RESULT = { statement: STATEMENT, number: 'alpha-beta-0001', url: `/v1/statements/${STATEMENT}` };

/** Any value at all, as far as JSON goes. */
const ANY_JSON = {
  oneOf: ['string', 'number', 'boolean', 'null', 'object', 'array'].map((type) => ({ type })),
};

export class JobProgressView {
  @ApiProperty({ type: 'integer' })
  done: number;

  @ApiProperty({ type: 'integer' })
  total: number;
}

export class JobErrorView {
  @ApiProperty({ type: String, example: 'internal_error' })
  code: string;

  @ApiProperty({ type: String, example: 'The error has been logged.' })
  detail: string;
}

/** A place where a recomputed statement differs. */
class StatementDifferenceView {
  @ApiProperty({ type: String, description: 'JSON Pointer (RFC 6901)', example: '/lines/0/amount' })
  pointer: string;

  @ApiPropertyOptional({
    ...ANY_JSON,
    description: 'Absent where the stored one has nothing',
    example: '100.00',
  })
  stored?: unknown;

  @ApiPropertyOptional({ ...ANY_JSON, description: 'Absent where the new one has nothing', example: '99.00' })
  recomputed?: unknown;
}

/** Whether a party’s credits are what they are when they are computed again. */
class CreditVerificationView {
  @ApiProperty({ type: String, description: 'Code of the party', example: 'alpha' })
  provider: string;

  @ApiProperty({ type: Boolean })
  matches: boolean;

  @ApiPropertyOptional({ type: [StatementDifferenceView], description: 'Shown to that party alone' })
  differences?: StatementDifferenceView[];
}

/** What a completed job made; which members it has depends on the kind of job. */
class JobResultView {
  @ApiPropertyOptional({ type: String, format: 'uuid', description: 'Id of the statement' })
  statement?: string;

  @ApiPropertyOptional({ type: String, description: 'Number of the statement', example: 'alpha-beta-0001' })
  number?: string;

  @ApiPropertyOptional({
    type: String,
    description: 'Where what was made is read',
    example: '/v1/statements/019a7d3c-5e80-7000-8000-000000000001',
  })
  url?: string;

  @ApiPropertyOptional({ type: 'integer', description: 'How many renderings were made' })
  renderings?: number;

  @ApiPropertyOptional({ type: Boolean, description: 'Whether a verified statement is what the records say' })
  matches?: boolean;

  @ApiPropertyOptional({ type: String, description: 'Hash of the verified statement', example: SHA256 })
  sha256?: string;

  @ApiPropertyOptional({ type: String, description: 'Hash of the recomputed one', example: SHA256 })
  recomputedSha256?: string;

  @ApiPropertyOptional({ type: String, format: 'date-time', description: 'The close’s clock of events' })
  eventUpTo?: string;

  @ApiPropertyOptional({ type: String, description: 'The close’s clock of what was recorded', example: '42' })
  recordedUpTo?: string;

  @ApiPropertyOptional({ type: [StatementDifferenceView], description: 'The first differences', example: [] })
  differences?: StatementDifferenceView[];

  @ApiPropertyOptional({ type: [CreditVerificationView], description: 'Of each party', example: [] })
  credits?: CreditVerificationView[];

  @ApiPropertyOptional({
    type: [StatementDifferenceView],
    description: 'Where payments, disputes or the books contradict the statement',
    example: [],
  })
  history?: StatementDifferenceView[];
}

/** Work that outlives a request. */
export class JobView {
  @ApiProperty({ type: String, format: 'uuid' })
  id: string;

  @ApiProperty({ type: String, example: 'close_period' })
  kind: string;

  @ApiProperty({ enum: ['queued', 'running', 'completed', 'failed'] })
  state: string;

  @ApiProperty({ type: JobProgressView })
  progress: JobProgressView;

  @ApiPropertyOptional({
    type: JobResultView,
    description: 'What a completed job made',
    example: CLOSE_RESULT,
  })
  result?: JobResultView;

  @ApiPropertyOptional({ type: JobErrorView, description: 'Why a failed job failed' })
  error?: JobErrorView;

  @ApiProperty({ type: String, format: 'date-time' })
  createdAt: string;

  @ApiProperty({ type: String, format: 'date-time' })
  updatedAt: string;
}

export function showJob({
  id,
  kind,
  state,
  done,
  total,
  result,
  error,
  createdAt,
  touchedAt,
}: JobRow): JobView {
  return {
    id,
    kind,
    state,
    progress: { done, total },
    ...(result && { result }),
    ...(error && { error }),
    createdAt: formatInstant(createdAt.getTime()),
    updatedAt: formatInstant(touchedAt.getTime()),
  };
}
