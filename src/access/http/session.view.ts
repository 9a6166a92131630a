import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { formatInstant } from '../../period/index.js';
import type { Caller, Session } from '../caller.js';
import { SCOPES, type Scope } from '../rules/scopes.js';

/** A session, as its own page sees it. */
export class SessionView {
  @ApiProperty({ type: String, format: 'uuid' })
  id: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The provider’s code; null for the operator',
    example: 'alpha',
  })
  provider: string | null;

  @ApiProperty({ enum: SCOPES, isArray: true })
  scopes: readonly Scope[];

  @ApiProperty({ type: String, format: 'date-time' })
  createdAt: string;

  @ApiProperty({ type: String, format: 'date-time', description: 'When it ends, however much it is used' })
  expiresAt: string;

  @ApiProperty({
    type: 'integer',
    description: 'After how many seconds without a request it ends',
    example: 1800,
  })
  idleTimeoutSeconds: number;

  @ApiPropertyOptional({
    type: String,
    description: 'What changes have to carry in the header X-CSRF-Token; absent from a replay',
    example: 'R2v8tqk0Yw3m1c5n7b9x',
  })
  csrfToken: string;
}

/** Renders a caller's session. */
export function showSession(
  caller: Caller,
  { id, createdAt, expiresAt }: Session,
  { csrfToken, idle_s }: { csrfToken: string; idle_s: number },
): SessionView {
  return {
    id,
    provider: caller.kind === 'provider' ? caller.providerCode : null,
    scopes: caller.scopes,
    createdAt: formatInstant(createdAt.getTime()),
    expiresAt: formatInstant(expiresAt.getTime()),
    idleTimeoutSeconds: idle_s,
    csrfToken,
  };
}
