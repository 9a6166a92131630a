import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { parseInstant } from '../../period/index.js';
import { PageOf, PageQuery, Satisfies } from '../../platform/http/index.js';

const TEXT_MAX = 200;
const INSTANT = 'must be an RFC 3339 instant with offset, such as 2026-11-06T00:00:00Z';
const isInstant = (text: string): boolean => parseInstant(text) !== null;

const OUTCOMES = ['done', 'denied'] as const;
const ACTORS = ['provider', 'operator', 'service', 'unknown'] as const;
/** A kind of resource, alone or with the id of one. */
const RESOURCE = /^[a-z_]{1,40}(:[^\p{Cc}]{1,150})?$/u;

export class AuditQuery extends PageQuery {
  @ApiPropertyOptional({ type: String, format: 'date-time', description: 'From then on' })
  @IsOptional()
  @Satisfies('instant', isInstant, INSTANT)
  from?: string;

  @ApiPropertyOptional({ type: String, format: 'date-time', description: 'Before then' })
  @IsOptional()
  @Satisfies('instant', isInstant, INSTANT)
  to?: string;

  @ApiPropertyOptional({ type: String, example: 'agreement.suspend' })
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

  @ApiPropertyOptional({ type: String, description: 'Code of an agreement' })
  @IsOptional()
  @IsString({ message: 'must be the code of an agreement' })
  @MaxLength(TEXT_MAX, { message: 'must be the code of an agreement' })
  agreement?: string;

  @ApiPropertyOptional({
    enum: OUTCOMES,
    description: 'Changes that were made, or attempts that were denied',
  })
  @IsOptional()
  @IsIn(OUTCOMES, { message: 'must be done or denied' })
  outcome?: (typeof OUTCOMES)[number];
}

class AuditCredentialView {
  @ApiProperty({ type: String, example: 'api_key' })
  kind: string;

  @ApiProperty({ type: String, description: 'Never the secret' })
  id: string;
}

class AuditActorView {
  @ApiProperty({
    enum: ACTORS,
    description: '`service` for what a background job did; `unknown` where no valid credential was sent',
  })
  kind: (typeof ACTORS)[number];

  @ApiProperty({ type: String, nullable: true, description: 'Code of the provider' })
  provider: string | null;

  @ApiProperty({
    type: AuditCredentialView,
    nullable: true,
    description: 'Shown to its owner and the operator alone',
  })
  credential: AuditCredentialView | null;
}

class AuditRequestView {
  @ApiProperty({ type: String, nullable: true, description: 'Shown to its sender and the operator alone' })
  id: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Shown to its sender and the operator alone' })
  address: string | null;

  @ApiProperty({ type: String, example: 'POST' })
  method: string;

  @ApiProperty({ type: String, example: '/v1/agreements/:agreement/suspend' })
  route: string;
}

class AuditResourceView {
  @ApiProperty({ type: String, example: 'agreement' })
  kind: string;

  @ApiProperty({ type: String })
  id: string;
}

class AuditedChangeView {
  @ApiProperty({ type: String, example: 'statement.settle' })
  action: string;

  @ApiProperty({ type: AuditResourceView })
  resource: AuditResourceView;

  @ApiProperty({ type: String, nullable: true })
  agreement: string | null;

  @ApiProperty({ type: Object, nullable: true, additionalProperties: true })
  before: object | null;

  @ApiProperty({ type: Object, nullable: true, additionalProperties: true })
  after: object | null;
}

class AuditLinkView {
  @ApiProperty({ type: String, description: 'Place in the chain, from 1 without gaps' })
  sequence: string;

  @ApiProperty({ type: String, nullable: true })
  previousSha256: string | null;

  @ApiProperty({ type: String })
  sha256: string;

  @ApiProperty({
    type: String,
    description: 'The RFC 8785 JSON that is hashed, after the bytes of the hash before',
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

  @ApiProperty({ type: String, nullable: true, description: 'Code of the agreement' })
  agreement: string | null;

  @ApiProperty({ type: [String], description: 'Codes of the providers that may read this' })
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
  })
  before: object | null;

  @ApiProperty({
    type: Object,
    nullable: true,
    additionalProperties: true,
    description: 'What changed, after',
  })
  after: object | null;

  @ApiProperty({ type: [AuditedChangeView], description: 'What the change brought with it' })
  effects: AuditedChangeView[];

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Status that a denied attempt was answered with',
  })
  status: number | null;

  @ApiProperty({ type: String, nullable: true, description: 'Code of the problem it was answered with' })
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
