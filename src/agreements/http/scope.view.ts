import { ApiPropertyOptional } from '@nestjs/swagger';
import type { ScopeField } from '../rules/terms.js';

/** The values of the fields by which buckets are split; a field outside the scope is absent. */
export class ScopeView implements Partial<Record<ScopeField, string>> {
  @ApiPropertyOptional({ type: String, example: 'eu-west' })
  sourceRegion?: string;

  @ApiPropertyOptional({ type: String, example: 'us-east' })
  destinationRegion?: string;

  @ApiPropertyOptional({ type: String, example: 'cdn' })
  service?: string;
}
