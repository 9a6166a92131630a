import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { PageOf } from '../../platform/http/index.js';
import { PublicJwkView } from '../../platform/signing/index.js';
import type { IntegrityProblem } from '../rules/report.js';
import { LedgerHeadDocumentView, ProvenEntryView } from './proofs.dto.js';

export class IntegrityQuery {
  @ApiPropertyOptional({
    type: String,
    description: 'Code of an agreement; default: all of the caller’s',
    example: 'alpha-beta',
  })
  @IsOptional()
  @IsString({ message: 'must be the code of an agreement' })
  @MaxLength(63, { message: 'must be the code of an agreement' })
  agreement?: string;
}

class IntegrityCountsView {
  @ApiProperty({ type: 'integer' })
  agreements: number;

  @ApiProperty({ type: 'integer' })
  transactions: number;

  @ApiProperty({ type: 'integer' })
  entries: number;

  @ApiProperty({ type: 'integer' })
  statements: number;

  @ApiProperty({ type: 'integer', description: 'Steps of disputes, held against the audit log' })
  disputeSteps: number;

  @ApiProperty({ type: 'integer', description: 'Stored files of statements and credits' })
  renderings: number;

  @ApiProperty({ type: 'integer' })
  ledgerHeads: number;

  @ApiProperty({ type: 'integer' })
  auditEvents: number;
}

class IntegrityProblemView implements IntegrityProblem {
  @ApiProperty({
    enum: ['ledger', 'statements', 'disputes', 'renderings', 'ledger_heads', 'kept_heads', 'audit_log'],
  })
  check: IntegrityProblem['check'];

  @ApiProperty({ type: String, nullable: true, description: 'Null for the audit log', example: 'alpha-beta' })
  agreement: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Code of the provider whose book or audit chain it is; null for the operator’s chain',
    example: 'alpha',
  })
  book: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The transaction in that book, or the event in that chain',
    example: '17',
  })
  sequence: string | null;

  @ApiProperty({ type: String, example: 'the hash is not that of its content' })
  what: string;
}

export class IntegrityView {
  @ApiProperty({ type: Boolean })
  ok: boolean;

  @ApiProperty({ type: String, format: 'date-time' })
  checkedAt: string;

  @ApiProperty({ type: IntegrityCountsView, description: 'What was checked, up to the first problem' })
  counts: IntegrityCountsView;

  @ApiProperty({ type: IntegrityProblemView, nullable: true })
  firstProblem: IntegrityProblemView | null;
}

export class LedgerHeadView {
  @ApiProperty({ type: LedgerHeadDocumentView, description: 'What is signed' })
  head: LedgerHeadDocumentView;

  @ApiProperty({
    type: String,
    description: 'SHA-256 of the RFC 8785 JSON of head',
    example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  })
  sha256: string;

  @ApiProperty({
    type: String,
    description: 'Detached JWS (RFC 7515, appendix F) over the RFC 8785 JSON of head',
    example: 'eyJhbGciOiJFZERTQSIsImtpZCI6ImtQcks4In0..c2lnbmF0dXJl',
  })
  signature: string;

  @ApiProperty({ type: PublicJwkView, description: 'The public key that made it' })
  key: PublicJwkView;
}

export class LedgerHeadPage extends PageOf(LedgerHeadView) {}

export class EntryProofView extends LedgerHeadView {
  @ApiProperty({ enum: ['peerledger-entry-proof'] })
  type: string;

  @ApiProperty({ type: ProvenEntryView })
  entry: ProvenEntryView;

  @ApiProperty({ type: 'integer', description: 'Place among the entries that the head seals, from 0' })
  index: number;

  @ApiProperty({ type: 'integer' })
  size: number;

  @ApiProperty({
    type: [String],
    description: 'Hashes from the entry to the root (RFC 6962), in hex',
    example: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
  })
  path: string[];
}
