import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** One thing that is wrong with a request. */
export class FieldErrorDocument {
  @ApiPropertyOptional({ type: 'integer', description: 'Position of the record in its batch, from 0' })
  index?: number;

  @ApiPropertyOptional({ type: 'integer', description: 'Line of the record in a streamed batch, from 1' })
  line?: number;

  @ApiProperty({ type: String, description: 'A JSON Pointer into the body, or a parameter’s name after `?`' })
  pointer: string;

  @ApiProperty({ type: String })
  code: string;

  @ApiProperty({ type: String, description: 'What would be right' })
  detail: string;
}

/** The body of every error (RFC 9457). */
export class ProblemDocument {
  @ApiProperty({ type: String, format: 'uri-reference', example: '/problems/validation_failed' })
  type: string;

  @ApiProperty({ type: String })
  title: string;

  @ApiProperty({ type: 'integer' })
  status: number;

  @ApiProperty({ type: String })
  detail: string;

  @ApiProperty({ type: String, description: 'The path of the request' })
  instance: string;

  @ApiProperty({ type: String, description: 'A stable word; see /problems', example: 'validation_failed' })
  code: string;

  @ApiProperty({ type: String })
  request_id: string;

  @ApiPropertyOptional({ type: [FieldErrorDocument], description: 'The first 1,000 of them' })
  errors?: FieldErrorDocument[];

  @ApiPropertyOptional({ type: 'integer', description: 'How many errors there are in all' })
  error_count?: number;
}
