import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMinSize, IsArray, IsIn, IsOptional, IsString, Length, Matches } from 'class-validator';
import { SCOPES, type ApiKeyRow, type CreatedApiKey, type Scope } from '../../access/index.js';
import { formatInstant, parseInstant } from '../../period/index.js';
import { Distinct, NO_CONTROL_CHARACTERS, PageOf, Satisfies } from '../../platform/http/index.js';

/** What makes a key. */
export class ApiKeyInput {
  @ApiProperty({ type: String, maxLength: 200, example: 'billing export' })
  @IsString({ message: 'must be a text' })
  @Length(1, 200, { message: 'must have 1 to 200 characters' })
  @Matches(NO_CONTROL_CHARACTERS, { message: 'must have no control characters' })
  name: string;

  @ApiProperty({ enum: SCOPES, isArray: true, minItems: 1 })
  @IsArray({ message: 'must be a list of scopes' })
  @ArrayMinSize(1, { message: 'must have at least one scope' })
  @Distinct('must name each scope once')
  @IsIn(SCOPES, { each: true, message: `must each be one of ${SCOPES.join(', ')}` })
  scopes: Scope[];

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Never, when absent',
  })
  @IsOptional()
  @Satisfies(
    'instant',
    (text) => parseInstant(text) !== null,
    'must be an instant such as 2026-10-01T00:00:00Z',
  )
  expiresAt?: string | null;
}

/** What is told of a key at any time. */
class KnownKeyView {
  @ApiProperty({ type: String, format: 'uuid' })
  id: string;

  @ApiProperty({ type: String, example: 'billing export' })
  name: string;

  @ApiProperty({ enum: SCOPES, isArray: true })
  scopes: readonly Scope[];

  @ApiProperty({ type: String, format: 'date-time' })
  createdAt: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  expiresAt: string | null;
}

/** A key with its secret. */
export class CreatedApiKeyView extends KnownKeyView {
  @ApiPropertyOptional({
    type: String,
    description: 'The secret: shown this once, and absent from a replay',
    example: 'plk_live_3Jz0d5w2Qh8bYc1N7tXr4Vf6Kg9Ls0Mp2Ua5Eo8Z_7fK2pQ',
  })
  key: string;
}

/** A key without its secret. */
export class ApiKeyView extends KnownKeyView {
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  revokedAt: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'To the minute' })
  lastUsedAt: string | null;
}

export class ApiKeyPage extends PageOf(ApiKeyView) {}

/** Renders a key that was just made. */
export function showCreatedApiKey(created: CreatedApiKey): CreatedApiKeyView {
  const { id, name, scopes, key } = created;
  return { id, name, scopes, createdAt: shown(created.createdAt)!, expiresAt: shown(created.expiresAt), key };
}

/** Renders a key. */
export function showApiKey(row: ApiKeyRow): ApiKeyView {
  return {
    id: row.id,
    name: row.name,
    scopes: row.scopes,
    createdAt: shown(row.created_at)!,
    expiresAt: shown(row.expires_at),
    revokedAt: shown(row.revoked_at),
    lastUsedAt: shown(row.last_used_at),
  };
}

function shown(date: Date | null): string | null {
  return date && formatInstant(date.getTime());
}
