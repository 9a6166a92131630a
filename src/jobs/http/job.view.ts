import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { formatInstant } from '../../period/index.js';
import type { JobRow } from '../sql/job-row.js';

export class JobProgressView {
  @ApiProperty({ type: 'integer' })
  done: number;

  @ApiProperty({ type: 'integer' })
  total: number;
}

export class JobErrorView {
  @ApiProperty({ type: String })
  code: string;

  @ApiProperty({ type: String })
  detail: string;
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

  @ApiPropertyOptional({ type: Object, description: 'What a completed job made' })
  result?: Record<string, unknown>;

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
