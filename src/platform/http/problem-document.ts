import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** One thing that is wrong with a request. */
export class FieldErrorDocument {
  @ApiPropertyOptional({ type: 'integer', description: 'Position of the record in its batch, from 0' })
  index?: number;

  @ApiPropertyOptional({ type: 'integer', description: 'Line of the record in a streamed batch, from 1' })
  line?: number;

  @ApiProperty({
    type: String,
    description: 'A JSON Pointer into the body, or a parameter’s name after `?`',
    example: '/records/0/bytes',
  })
  pointer: string;

  @ApiProperty({ type: String, example: 'invalid_record' })
  code: string;

  @ApiProperty({
    type: String,
    description: 'What would be right',
    example: 'bytes must be a whole number of bytes.',
  })
  detail: string;
}

/** The body of every error (RFC 9457). */
export class ProblemDocument {
  @ApiProperty({ type: String, format: 'uri-reference', example: '/problems/validation_failed' })
  type: string;

  @ApiProperty({ type: String, example: 'The content of the request is not valid' })
  title: string;

  @ApiProperty({ type: 'integer', example: 422 })
  status: number;

  @ApiProperty({ type: String, example: '2 things are wrong with the request; errors lists them.' })
  detail: string;

  @ApiProperty({
    type: String,
    description: 'The path of the request',
    example: '/v1/agreements/alpha-beta/batches',
  })
  instance: string;

  @ApiProperty({ type: String, description: 'A stable word; see /problems', example: 'validation_failed' })
  code: string;

  @ApiProperty({ type: String, example: '019a7d3c-5e80-7000-8000-000000000003' })
  request_id: string;

  @ApiPropertyOptional({ type: [FieldErrorDocument], description: 'The first 1,000 of them' })
  errors?: FieldErrorDocument[];

  @ApiPropertyOptional({ type: 'integer', description: 'How many errors there are in all' })
  error_count?: number;
}
