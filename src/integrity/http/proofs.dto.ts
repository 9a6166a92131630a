import { ApiProperty } from '@nestjs/swagger';

const SHA256 = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

/** The tree of a book's entries since the head before. */
class SealedEntriesView {
  @ApiProperty({ type: String, description: 'First sequence of the tree’s transactions', example: '1' })
  from: string;

  @ApiProperty({ type: 'integer', description: 'How many entries it has' })
  count: number;

  @ApiProperty({ type: String, description: 'Its root (RFC 6962), in hex', example: SHA256 })
  root: string;
}

class SealedBookView {
  @ApiProperty({ type: String, description: 'Whose book', example: 'alpha' })
  provider: string;

  @ApiProperty({ type: String, description: 'Of the last transaction; "0" without one', example: '17' })
  sequence: string;

  @ApiProperty({ type: String, nullable: true, description: 'Hash of that transaction', example: SHA256 })
  sha256: string | null;

  @ApiProperty({ type: SealedEntriesView })
  entries: SealedEntriesView;
}

/** What both parties keep of an agreement’s books at a statement’s issue. */
export class LedgerHeadDocumentView {
  @ApiProperty({ enum: ['peerledger-ledger-head'] })
  type: 'peerledger-ledger-head';

  @ApiProperty({ type: String, example: 'alpha-beta' })
  agreement: string;

  @ApiProperty({ type: 'integer', description: 'From 1 without gaps, per agreement' })
  number: number;

  @ApiProperty({ type: String, example: '2026-10' })
  period: string;

  @ApiProperty({ type: String, description: 'Number of the statement', example: 'alpha-beta-0001' })
  statement: string;

  @ApiProperty({ type: String, format: 'date-time' })
  sealedAt: string;

  @ApiProperty({ type: [SealedBookView], description: 'One of each party' })
  books: SealedBookView[];

  @ApiProperty({ type: String, nullable: true, description: 'Hash of the head before', example: null })
  previousSha256: string | null;
}

class ProvenSourceView {
  @ApiProperty({ type: String, format: 'uuid' })
  id: string;

  @ApiProperty({ type: String, example: 'statement' })
  kind: string;
}

class ProvenSideView {
  @ApiProperty({ type: String, format: 'uuid' })
  account: string;

  @ApiProperty({ type: String, description: 'In minor units', example: '10000' })
  balance: string;

  @ApiProperty({ type: String, example: 'receivable' })
  kind: string;

  @ApiProperty({ type: String, example: '1' })
  version: string;
}

/** An entry with all that its transaction says of it; its RFC 8785 JSON is what the tree hashes. */
export class ProvenEntryView {
  @ApiProperty({ type: String, format: 'uuid', description: 'Id of the agreement' })
  agreement: string;

  @ApiProperty({ type: String, format: 'uuid', description: 'Id of the provider whose book it is' })
  book: string;

  @ApiProperty({ type: String, format: 'date-time' })
  effectiveAt: string;

  @ApiProperty({ type: String, format: 'date-time' })
  recordedAt: string;

  @ApiProperty({ type: String, example: '17' })
  sequence: string;

  @ApiProperty({ type: ProvenSourceView })
  source: ProvenSourceView;

  @ApiProperty({ type: String, format: 'uuid' })
  transaction: string;

  @ApiProperty({ type: String, format: 'uuid' })
  id: string;

  @ApiProperty({ type: 'integer' })
  position: number;

  @ApiProperty({ type: String, description: 'In minor units', example: '10000' })
  amount: string;

  @ApiProperty({ type: String, format: 'uuid', description: 'Id of the other party' })
  counterparty: string;

  @ApiProperty({ type: String, example: 'USD' })
  currency: string;

  @ApiProperty({ type: ProvenSideView })
  debit: ProvenSideView;

  @ApiProperty({ type: ProvenSideView })
  credit: ProvenSideView;

  @ApiProperty({ type: String, nullable: true, example: '1' })
  line: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  twin: string | null;
}

class StoredRecordsView {
  @ApiProperty({ type: 'integer' })
  count: number;

  @ApiProperty({ type: String, description: 'Root of their tree (RFC 6962), in hex', example: SHA256 })
  root: string;
}

/** What a reporter keeps of a batch beside its receipt. */
export class BatchRootView {
  @ApiProperty({ enum: ['peerledger-batch-root'] })
  type: 'peerledger-batch-root';

  @ApiProperty({ type: String, example: 'alpha-beta' })
  agreement: string;

  @ApiProperty({ type: String, example: 'alpha' })
  reporter: string;

  @ApiProperty({ type: String, format: 'uuid' })
  batch: string;

  @ApiProperty({ type: String, format: 'date-time' })
  receivedAt: string;

  @ApiProperty({ type: String, description: 'SHA-256 of the body that was sent', example: SHA256 })
  sha256: string;

  @ApiProperty({ type: StoredRecordsView })
  records: StoredRecordsView;
}
