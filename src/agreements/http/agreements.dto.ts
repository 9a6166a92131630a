import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsString, Matches, MaxLength } from 'class-validator';
import { formatInstant, type Instant } from '../../period/index.js';
import { Optional, PageOf } from '../../platform/http/index.js';
import { agreementState, suspensionsOf, type AgreementState } from '../rules/agreement-state.js';
import type { AgreementRow } from '../sql/agreement-row.js';

const SLUG = /^[a-z0-9](-?[a-z0-9])*$/;
const SLUG_MESSAGE = 'must be a slug of at most 63 lower-case letters, digits and single hyphens';

/** What makes an agreement; all of it stays for good. */
export class AgreementInput {
  @ApiProperty({ type: String, example: 'alpha-beta', maxLength: 63, pattern: SLUG.source })
  @Matches(SLUG, { message: SLUG_MESSAGE })
  @MaxLength(63, { message: SLUG_MESSAGE })
  code: string;

  @ApiProperty({ type: String, example: 'alpha', description: 'Code of a provider' })
  @IsString({ message: 'must be the code of a provider' })
  @MaxLength(63, { message: 'must be the code of a provider' })
  partyA: string;

  @ApiProperty({ type: String, example: 'beta', description: 'Code of another provider' })
  @IsString({ message: 'must be the code of a provider' })
  @MaxLength(63, { message: 'must be the code of a provider' })
  partyB: string;

  @ApiProperty({ type: String, example: 'Europe/Zurich', description: 'IANA timezone' })
  @IsString({ message: 'must be an IANA timezone, such as Europe/Zurich' })
  @MaxLength(64, { message: 'must be an IANA timezone, such as Europe/Zurich' })
  timezone: string;

  @ApiProperty({ type: String, example: 'USD', description: 'ISO 4217 currency' })
  @IsString({ message: 'must be an ISO 4217 currency, such as USD' })
  @MaxLength(3, { message: 'must be an ISO 4217 currency, such as USD' })
  currency: string;

  @ApiPropertyOptional({
    type: Boolean,
    default: true,
    description: 'Whether periods close at their cut-off',
  })
  @Optional()
  @IsBoolean({ message: 'must be true or false' })
  autoClose?: boolean;
}

export class SuspensionView {
  @ApiProperty({ type: String, format: 'date-time' })
  from: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  until: string | null;
}

export class AgreementView {
  @ApiProperty({ type: String, format: 'uuid' })
  id: string;

  @ApiProperty({ type: String, example: 'alpha-beta' })
  code: string;

  @ApiProperty({ type: String, example: 'alpha' })
  partyA: string;

  @ApiProperty({ type: String, example: 'beta' })
  partyB: string;

  @ApiProperty({ type: String, example: 'Europe/Zurich' })
  timezone: string;

  @ApiProperty({ type: String, example: 'USD' })
  currency: string;

  @ApiProperty({ type: Boolean })
  autoClose: boolean;

  @ApiProperty({ enum: ['proposed', 'in_force', 'suspended', 'terminated'] })
  state: AgreementState;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The period with which it ends, once that is set',
    example: '2026-12',
  })
  lastPeriod: string | null;

  @ApiProperty({ type: [SuspensionView], description: 'Spans in which traffic does not count, oldest first' })
  suspensions: SuspensionView[];

  @ApiProperty({ type: String, format: 'date-time' })
  createdAt: string;
}

export class AgreementPage extends PageOf(AgreementView) {}

/** The agreement as it is at an instant. */
export function showAgreement(agreement: AgreementRow, now: Instant): AgreementView {
  const { id, code, partyA, partyB, timezone, currency, autoClose, createdAt, lastPeriod } = agreement;
  const suspensions = suspensionsOf(agreement);
  return {
    id,
    code,
    partyA: partyA.code,
    partyB: partyB.code,
    timezone,
    currency,
    autoClose,
    state: agreementState({ ...agreement, suspensions }, now),
    lastPeriod,
    suspensions: suspensions.map(({ from, until }) => ({
      from: formatInstant(from),
      until: until === null ? null : formatInstant(until),
    })),
    createdAt: formatInstant(createdAt.getTime()),
  };
}
