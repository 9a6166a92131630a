import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Length } from 'class-validator';
import { formatInstant, isInstant } from '../../period/index.js';
import { PageOf, PageQuery, Satisfies } from '../../platform/http/index.js';
import type { RecordListing } from '../sql/list-records.js';

const INSTANT = 'must be an instant such as 2026-10-01T00:00:00Z';

export class RecordQuery extends PageQuery {
  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    description: 'Records that end after it',
    example: '2026-10-01T00:00:00Z',
  })
  @IsOptional()
  @Satisfies('instant', isInstant, INSTANT)
  from?: string;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    description: 'Records that start before it',
    example: '2026-11-01T00:00:00Z',
  })
  @IsOptional()
  @Satisfies('instant', isInstant, INSTANT)
  to?: string;

  @ApiPropertyOptional({
    enum: ['egress', 'ingress'],
    description: 'As its reporter saw it',
    example: 'egress',
  })
  @IsOptional()
  @IsIn(['egress', 'ingress'], { message: 'must be egress or ingress' })
  direction?: string;

  @ApiPropertyOptional({ type: String, description: 'The reporter’s own reference', example: 'shop-17' })
  @IsOptional()
  @IsString({ message: 'must be a text' })
  @Length(1, 128, { message: 'must have 1 to 128 characters' })
  customer?: string;

  @ApiPropertyOptional({
    type: String,
    description: 'The reporter’s own id of the record',
    example: 'flow-2026-10-01-00',
  })
  @IsOptional()
  @IsString({ message: 'must be a text' })
  @Length(1, 128, { message: 'must have 1 to 128 characters' })
  id?: string;
}

/** A record as it was reported and is stored. */
export class StoredRecordView {
  @ApiProperty({ type: String, example: 'flow-2026-10-01-00' })
  id: string;

  @ApiProperty({ type: 'integer' })
  revision: number;

  @ApiProperty({ type: String, format: 'uuid' })
  batch: string;

  @ApiProperty({ enum: ['egress', 'ingress'] })
  direction: string;

  @ApiProperty({ type: String, format: 'date-time' })
  start: string;

  @ApiProperty({ type: String, format: 'date-time' })
  end: string;

  @ApiProperty({ type: String, example: '9007199254740993' })
  bytes: string;

  @ApiProperty({ type: String, nullable: true, example: 'eu-west' })
  sourceRegion: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'us-east' })
  destinationRegion: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'cdn' })
  service: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'shop-17' })
  customer: string | null;

  @ApiProperty({ type: String, nullable: true, example: '0.22' })
  chargedUnitPrice: string | null;

  @ApiProperty({ type: Boolean })
  void: boolean;
}

/** A record, and whether it still counts. */
export class TrafficRecordView extends StoredRecordView {
  @ApiProperty({ type: Boolean, description: 'Whether a higher revision counts in its place' })
  superseded: boolean;
}

export class TrafficRecordPage extends PageOf(TrafficRecordView) {}

export function showRecord(row: RecordListing): TrafficRecordView {
  const { batchId: batch, start, end, ...record } = row;
  return { ...record, batch, start: formatInstant(start.getTime()), end: formatInstant(end.getTime()) };
}
