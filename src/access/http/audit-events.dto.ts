import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { isInstant } from '../../period/index.js';
import { INSTANT_IN_URL_EXPECTED, PageOf, PageQuery, Satisfies } from '../../platform/http/index.js';

const TEXT_MAX = 200;

const OUTCOMES = ['done', 'denied'] as const;
const ACTORS = ['provider', 'operator', 'service', 'unknown'] as const;
/** A kind of resource, alone or with the id of one. */
const RESOURCE = /^[a-z_]{1,40}(:[^\p{Cc}]{1,150})?$/u;

export class AuditQuery extends PageQuery {
  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    description: 'From then on',
    example: '2026-11-01T00:00:00Z',
  })
  @IsOptional()
  @Satisfies('instant', isInstant, INSTANT_IN_URL_EXPECTED)
  from?: string;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    description: 'Before then',
    example: '2026-12-01T00:00:00Z',
  })
  @IsOptional()
  @Satisfies('instant', isInstant, INSTANT_IN_URL_EXPECTED)
  to?: string;

  @ApiPropertyOptional({
    type: String,
    description: 'Only this kind of change',
    example: 'agreement.suspend',
  })
  @IsOptional()
  @IsString({ message: 'must be an action, such as agreement.suspend' })
  @MaxLength(TEXT_MAX, { message: 'must be an action, such as agreement.suspend' })
  action?: string;

  @ApiPropertyOptional({
    type: String,
    example: 'statement',
    description: 'A kind of resource, or one: the kind, a colon and its id or code',
  })
  @IsOptional()
  @Satisfies('resource', (text) => RESOURCE.test(text), 'must be like agreement or agreement:alpha-beta')
  resource?: string;

  @ApiPropertyOptional({ type: String, description: 'Code of an agreement', example: 'alpha-beta' })
  @IsOptional()
  @IsString({ message: 'must be the code of an agreement' })
  @MaxLength(TEXT_MAX, { message: 'must be the code of an agreement' })
  agreement?: string;

  @ApiPropertyOptional({
    enum: OUTCOMES,
    description: 'Changes that were made, or attempts that were denied',
    example: 'done',
  })
  @IsOptional()
  @IsIn(OUTCOMES, { message: 'must be done or denied' })
  outcome?: (typeof OUTCOMES)[number];
}

class AuditCredentialView {
  @ApiProperty({ type: String, example: 'api_key' })
  kind: string;

  @ApiProperty({
    type: String,
    description: 'Never the secret',
    example: '019a7d3c-5e80-7000-8000-000000000001',
  })
  id: string;
}

class AuditActorView {
  @ApiProperty({
    enum: ACTORS,
    description: '`service` for what a background job did; `unknown` where no valid credential was sent',
  })
  kind: (typeof ACTORS)[number];

  @ApiProperty({ type: String, nullable: true, description: 'Code of the provider', example: 'alpha' })
  provider: string | null;

  @ApiProperty({
    type: AuditCredentialView,
    nullable: true,
    description: 'Shown to its owner and the operator alone',
  })
  credential: AuditCredentialView | null;
}

class AuditRequestView {
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Shown to its sender and the operator alone',
    example: '019a7d3c-5e80-7000-8000-000000000003',
  })
  id: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Shown to its sender and the operator alone',
    example: '192.0.2.7',
  })
  address: string | null;

  @ApiProperty({ type: String, example: 'POST' })
  method: string;

  @ApiProperty({ type: String, example: '/v1/agreements/:agreement/suspend' })
  route: string;
}

class AuditResourceView {
  @ApiProperty({ type: String, example: 'agreement' })
  kind: string;

  @ApiProperty({ type: String, example: 'alpha-beta' })
  id: string;
}

class AuditedChangeView {
  @ApiProperty({ type: String, example: 'statement.settle' })
  action: string;

  @ApiProperty({ type: AuditResourceView })
  resource: AuditResourceView;

  @ApiProperty({ type: String, nullable: true, example: 'alpha-beta' })
  agreement: string | null;

  @ApiProperty({ type: Object, nullable: true, additionalProperties: true, example: null })
  before: object | null;

  @ApiProperty({ type: Object, nullable: true, additionalProperties: true, example: { state: 'suspended' } })
  after: object | null;
}

class AuditLinkView {
  @ApiProperty({ type: String, description: 'Place in the chain, from 1 without gaps', example: '42' })
  sequence: string;

  @ApiProperty({
    type: String,
    nullable: true,
    example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  })
  previousSha256: string | null;

  @ApiProperty({ type: String, example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08' })
  sha256: string;

  @ApiProperty({
    type: String,
    description: 'The RFC 8785 JSON that is hashed, after the bytes of the hash before',
    example: '{"action":"agreement.suspend","sequence":"42"}',
  })
  canonical: string;
}

export class AuditEventView {
  @ApiProperty({ type: String, format: 'uuid' })
  id: string;

  @ApiProperty({ type: String, format: 'date-time' })
  at: string;

  @ApiProperty({ enum: OUTCOMES })
  outcome: (typeof OUTCOMES)[number];

  @ApiProperty({
    type: String,
    example: 'agreement.suspend',
    description: '`request.denied` of denied attempts',
  })
  action: string;

  @ApiProperty({ type: AuditActorView })
  actor: AuditActorView;

  @ApiProperty({ type: AuditResourceView, nullable: true })
  resource: AuditResourceView | null;

  @ApiProperty({ type: String, nullable: true, description: 'Code of the agreement', example: 'alpha-beta' })
  agreement: string | null;

  @ApiProperty({
    type: [String],
    description: 'Codes of the providers that may read this',
    example: ['alpha', 'beta'],
  })
  parties: string[];

  @ApiProperty({
    type: AuditRequestView,
    nullable: true,
    description: 'Null for background jobs, and for a count of denied attempts that were left out',
  })
  request: AuditRequestView | null;

  @ApiProperty({
    type: Object,
    nullable: true,
    additionalProperties: true,
    description: 'What changed, before',
    example: { state: 'in_force' },
  })
  before: object | null;

  @ApiProperty({
    type: Object,
    nullable: true,
    additionalProperties: true,
    description: 'What changed, after',
    example: { state: 'suspended' },
  })
  after: object | null;

  @ApiProperty({ type: [AuditedChangeView], description: 'What the change brought with it' })
  effects: AuditedChangeView[];

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Status that a denied attempt was answered with',
    example: null,
  })
  status: number | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Code of the problem it was answered with',
    example: null,
  })
  code: string | null;

  @ApiProperty({ type: 'integer', description: 'How many denied attempts of the same kind this is' })
  attempts: number;

  @ApiProperty({ type: String, format: 'date-time', description: 'When the last of them came' })
  until: string;

  @ApiProperty({
    type: AuditLinkView,
    nullable: true,
    description: 'Place in the chain of who made the change; shown to it and the operator alone',
  })
  link: AuditLinkView | null;
}

export class AuditEventPage extends PageOf(AuditEventView) {}
