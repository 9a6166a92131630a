import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { formatInstant } from '../../period/index.js';
import { FieldErrorDocument, PageOf } from '../../platform/http/index.js';
import type { BatchRow } from '../sql/batch-row.js';

export class BatchQuery {
  @ApiPropertyOptional({
    enum: ['atomic', 'partial'],
    default: 'atomic',
    description: 'atomic takes all records or none, partial takes the good ones',
    example: 'atomic',
  })
  @IsOptional()
  @IsIn(['atomic', 'partial'], { message: 'must be atomic or partial' })
  mode: 'atomic' | 'partial' = 'atomic';
}

/** A traffic record as it is sent; documentation only, records are read by a rule of their own. */
export class TrafficRecordInput {
  @ApiProperty({ type: String, minLength: 1, maxLength: 128, example: 'flow-2026-10-01-00' })
  id: string;

  @ApiProperty({ enum: ['egress', 'ingress'] })
  direction: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-10-01T00:00:00Z' })
  start: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-10-01T01:00:00Z' })
  end: string;

  @ApiProperty({
    oneOf: [
      { type: 'string', pattern: '^(0|[1-9][0-9]{0,18})$' },
      { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
    ],
    example: '1000000000',
  })
  bytes: string | number;

  @ApiPropertyOptional({ type: String, nullable: true, example: 'eu-west' })
  sourceRegion?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, example: 'us-east' })
  destinationRegion?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, example: 'cdn' })
  service?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description: 'Seen by the reporter alone',
    example: 'shop-17',
  })
  customer?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, example: '0.22' })
  chargedUnitPrice?: string | null;

  @ApiPropertyOptional({ type: 'integer', minimum: 0, default: 0 })
  revision?: number;

  @ApiPropertyOptional({ type: Boolean, default: false })
  void?: boolean;
}

export class BatchInput {
  @ApiProperty({ type: [TrafficRecordInput], minItems: 1 })
  records: TrafficRecordInput[];
}

/** An event of a CloudEvents 1.0 batch; documentation only. */
export class CloudEventInput {
  @ApiProperty({ enum: ['1.0'] })
  specversion: string;

  @ApiProperty({ type: String, minLength: 1, example: 'event-1' })
  id: string;

  @ApiProperty({ type: String, minLength: 1, example: 'https://meter.example/eu-1' })
  source: string;

  @ApiProperty({ type: String, minLength: 1, example: 'example.traffic' })
  type: string;

  @ApiPropertyOptional({ type: String, example: 'application/json' })
  datacontenttype?: string;

  @ApiProperty({ type: TrafficRecordInput })
  data: TrafficRecordInput;
}

export class BatchCounts {
  @ApiProperty({ type: 'integer' })
  received: number;

  @ApiProperty({ type: 'integer' })
  created: number;

  @ApiProperty({ type: 'integer' })
  superseded: number;

  @ApiProperty({ type: 'integer' })
  duplicate: number;

  @ApiProperty({ type: 'integer' })
  rejected: number;
}

/** The part of a receipt that its signature covers. */
class UnsignedReceiptView {
  @ApiProperty({ type: String, format: 'uuid' })
  id: string;

  @ApiProperty({ type: String, example: 'alpha-beta' })
  agreement: string;

  @ApiProperty({ type: String, example: 'alpha' })
  reporter: string;

  @ApiProperty({ enum: ['atomic', 'partial'] })
  mode: string;

  @ApiProperty({ type: String, format: 'date-time' })
  receivedAt: string;

  @ApiProperty({ type: BatchCounts })
  counts: BatchCounts;

  @ApiProperty({
    type: String,
    description: 'Of the records that were not rejected',
    example: '15000000000000',
  })
  totalBytes: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  earliest: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  latest: string | null;

  @ApiProperty({
    type: String,
    description: 'SHA-256 of the inflated body',
    example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  })
  sha256: string;

  @ApiPropertyOptional({
    type: [FieldErrorDocument],
    description: 'Of a partial batch: why records were rejected',
  })
  errors?: FieldErrorDocument[];
}

/** The receipt of a batch, sent after its records are durable. */
export class ReceiptView extends UnsignedReceiptView {
  @ApiProperty({
    type: String,
    description:
      'Detached JWS (RFC 7515, appendix F; EdDSA) over the RFC 8785 JSON of the receipt without `signature`, by a ' +
      'key of /.well-known/peerledger-keys.json',
    example: 'eyJhbGciOiJFZERTQSIsImtpZCI6ImtQcks4In0..c2lnbmF0dXJl',
  })
  signature: string;
}

export class ReceiptPage extends PageOf(ReceiptView) {}

/** Renders a receipt, still to be signed. */
export function showReceipt(agreement: string, reporter: string, batch: BatchRow): UnsignedReceiptView {
  const { id, mode, receivedAt, received, created, superseded, duplicate, rejected, earliest, latest } =
    batch;
  return {
    id,
    agreement,
    reporter,
    mode,
    receivedAt: formatInstant(receivedAt.getTime()),
    counts: { received, created, superseded, duplicate, rejected },
    totalBytes: batch.totalBytes,
    earliest: earliest && formatInstant(earliest.getTime()),
    latest: latest && formatInstant(latest.getTime()),
    sha256: batch.sha256,
    ...(rejected > 0 && { errors: batch.errors }),
  };
}
