import { ApiProperty } from '@nestjs/swagger';
import { IsDefined, Matches } from 'class-validator';
import { formatInstant, isPeriod } from '../../period/index.js';
import { Nested, PageOf, Satisfies } from '../../platform/http/index.js';
import type { VersionDocument } from '../rules/version-document.js';
import type { VersionRow } from '../sql/version-row.js';
import { EXAMPLE_TERMS, TermsInput } from './terms.dto.js';

/** Terms that a party proposes. */
export class VersionInput {
  @ApiProperty({ type: String, example: '2026-10', description: 'First period that the terms govern' })
  @Satisfies('period', isPeriod, 'must be a period such as 2026-10')
  effectiveFrom: string;

  @ApiProperty({ type: TermsInput, example: EXAMPLE_TERMS })
  @IsDefined({ message: 'must be there' })
  @Nested(() => TermsInput)
  terms: TermsInput;
}

/** Names the document that is accepted. */
export class AcceptanceInput {
  @ApiProperty({
    type: String,
    pattern: '^[0-9a-f]{64}$',
    description: 'The sha256 of the version',
    example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  })
  @Matches(/^[0-9a-f]{64}$/, { message: 'must be the sha256 of the version, 64 hexadecimal digits' })
  sha256: string;
}

export class VersionView {
  @ApiProperty({ type: String, example: 'alpha-beta' })
  agreement: string;

  @ApiProperty({ type: 'integer', example: 1 })
  version: number;

  @ApiProperty({ enum: ['proposed', 'in_force'] })
  state: 'proposed' | 'in_force';

  @ApiProperty({ type: String, example: '2026-10' })
  effectiveFrom: string;

  @ApiProperty({
    type: TermsInput,
    description: 'Complete: what was left out has its default',
    example: EXAMPLE_TERMS,
  })
  terms: object;

  @ApiProperty({
    type: String,
    description:
      'SHA-256 of the RFC 8785 JSON of {code, currency, effectiveFrom, partyA, partyB, terms, timezone}',
    example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  })
  sha256: string;

  @ApiProperty({ type: String, example: 'alpha' })
  proposedBy: string;

  @ApiProperty({ type: String, format: 'date-time' })
  proposedAt: string;

  @ApiProperty({ type: [String], example: ['alpha', 'beta'] })
  acceptedBy: string[];

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  inForceAt: string | null;
}

export class VersionPage extends PageOf(VersionView) {}

export function showVersion(agreement: string, row: VersionRow): VersionView {
  const { version, effectiveFrom, document, sha256, proposedBy, proposedAt, acceptedBy, inForceAt } = row;
  return {
    agreement,
    version,
    state: inForceAt ? 'in_force' : 'proposed',
    effectiveFrom,
    terms: (JSON.parse(document) as VersionDocument).terms,
    sha256,
    proposedBy,
    proposedAt: formatInstant(proposedAt.getTime()),
    acceptedBy,
    inForceAt: inForceAt && formatInstant(inForceAt.getTime()),
  };
}
