import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { PageOf } from '../../platform/http/index.js';
import type { IntegrityProblem } from '../rules/report.js';
import type { SealDocument } from '../rules/seal.js';

export class IntegrityQuery {
  @ApiPropertyOptional({ type: String, description: 'Code of an agreement; default: all of the caller’s' })
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

  @ApiProperty({ type: 'integer', description: 'Stored files of statements and credits' })
  renderings: number;

  @ApiProperty({ type: 'integer' })
  ledgerHeads: number;

  @ApiProperty({ type: 'integer' })
  auditEvents: number;
}

class IntegrityProblemView implements IntegrityProblem {
  @ApiProperty({ enum: ['ledger', 'statements', 'renderings', 'ledger_heads', 'kept_heads', 'audit_log'] })
  check: IntegrityProblem['check'];

  @ApiProperty({ type: String, nullable: true, description: 'Null for the audit log' })
  agreement: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Code of the provider whose book or audit chain it is; null for the operator’s chain',
  })
  book: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The transaction in that book, or the event in that chain',
  })
  sequence: string | null;

  @ApiProperty({ type: String })
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
  @ApiProperty({
    type: Object,
    description: 'What is signed: its books with their last hash and tree of entries',
  })
  head: SealDocument;

  @ApiProperty({ type: String, description: 'SHA-256 of the RFC 8785 JSON of head' })
  sha256: string;

  @ApiProperty({
    type: String,
    description: 'Detached JWS (RFC 7515, appendix F) over the RFC 8785 JSON of head',
  })
  signature: string;

  @ApiProperty({ type: Object, description: 'The public key that made it, as a JWK' })
  key: object;
}

export class LedgerHeadPage extends PageOf(LedgerHeadView) {}

export class EntryProofView extends LedgerHeadView {
  @ApiProperty({ enum: ['peerledger-entry-proof'] })
  type: string;

  @ApiProperty({ type: Object, description: 'The entry, with what its transaction says of it' })
  entry: object;

  @ApiProperty({ type: 'integer', description: 'Place among the entries that the head seals, from 0' })
  index: number;

  @ApiProperty({ type: 'integer' })
  size: number;

  @ApiProperty({ type: [String], description: 'Hashes from the entry to the root (RFC 6962), in hex' })
  path: string[];
}
