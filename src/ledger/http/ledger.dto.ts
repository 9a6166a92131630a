import { ApiProperty, ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import type { Caller } from '../../access/index.js';
import { formatAmount } from '../../money/index.js';
import { formatInstant, isInstant } from '../../period/index.js';
import { INSTANT_IN_URL_EXPECTED, PageOf, Satisfies } from '../../platform/http/index.js';
import { isId } from '../../platform/ids/index.js';
import { ACCOUNT_KINDS, isAccountKind, type AccountKind } from '../rules/accounts.js';
import type { EntrySide } from '../rules/transaction.js';
import type { LedgerAccount } from '../sql/list-accounts.js';
import type { EntryRecord } from '../sql/list-entries.js';
import { sourceUrl } from '../rules/source-url.js';
import { BookQuery } from './book.dto.js';
import type { Codes } from './books.js';

const CODE_LENGTH_MAX = 200;

export class AccountsQuery extends BookQuery {
  @ApiPropertyOptional({ type: String, description: 'Code of the agreement', example: 'alpha-beta' })
  @IsOptional()
  @IsString({ message: 'must be the code of an agreement' })
  @MaxLength(CODE_LENGTH_MAX, { message: 'must be the code of an agreement' })
  agreement?: string;

  @ApiPropertyOptional({
    enum: ACCOUNT_KINDS,
    description: 'Only accounts of this kind',
    example: 'receivable',
  })
  @IsOptional()
  @Satisfies('kind', isAccountKind, `must be one of ${ACCOUNT_KINDS.join(', ')}`)
  kind?: AccountKind;
}

export class EntriesQuery extends OmitType(AccountsQuery, ['kind']) {
  @ApiPropertyOptional({
    type: String,
    description: 'Id of an account, or a kind such as receivable',
    example: 'receivable',
  })
  @IsOptional()
  @Satisfies(
    'account',
    (text) => isId(text) || isAccountKind(text),
    `must be an account's id or one of ${ACCOUNT_KINDS.join(', ')}`,
  )
  account?: string;

  @ApiPropertyOptional({
    type: String,
    format: 'uuid',
    description: 'Id of the source document',
    example: '019a7d3c-5e80-7000-8000-000000000001',
  })
  @IsOptional()
  @Satisfies('id', isId, 'must be the id of a source document')
  source?: string;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    description: 'Effective from, inclusive',
    example: '2026-10-01T00:00:00Z',
  })
  @IsOptional()
  @Satisfies('instant', isInstant, INSTANT_IN_URL_EXPECTED)
  from?: string;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    description: 'Effective to, exclusive',
    example: '2026-11-01T00:00:00Z',
  })
  @IsOptional()
  @Satisfies('instant', isInstant, INSTANT_IN_URL_EXPECTED)
  to?: string;
}

export class AccountView {
  @ApiProperty({ type: String, format: 'uuid' })
  id: string;

  @ApiProperty({ type: String, description: 'Whose book', example: 'alpha' })
  provider: string;

  @ApiProperty({ type: String, example: 'beta' })
  counterparty: string;

  @ApiProperty({ type: String, nullable: true, example: 'alpha-beta' })
  agreement: string | null;

  @ApiProperty({ enum: ACCOUNT_KINDS })
  kind: AccountKind;

  @ApiProperty({ type: String, example: 'USD' })
  currency: string;

  @ApiProperty({ type: String, description: 'Debit positive', example: '100.00' })
  balance: string;

  @ApiProperty({ type: 'integer', description: 'How many entries it has' })
  entries: number;

  @ApiProperty({ type: String, format: 'date-time' })
  createdAt: string;
}

export class AccountPage extends PageOf(AccountView) {}

/** The columns of accounts as CSV. */
export const ACCOUNT_COLUMNS = [
  ...['id', 'provider', 'counterparty', 'agreement'],
  ...['kind', 'currency', 'balance', 'entries', 'createdAt'],
];

/** The document that an entry books. */
export class SourceView {
  @ApiProperty({ type: String, example: 'statement' })
  kind: string;

  @ApiProperty({ type: String, format: 'uuid' })
  id: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Which of its lines',
    example: '019a7d3c-5e80-7000-8000-000000000002',
  })
  line: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Where the document, or that line of it, is read',
    example: '/v1/statements/019a7d3c-5e80-7000-8000-000000000001',
  })
  url: string | null;
}

/** An account that an entry debits or credits. */
export class EntrySideView {
  @ApiProperty({ type: String, format: 'uuid' })
  account: string;

  @ApiProperty({ enum: ACCOUNT_KINDS })
  kind: AccountKind;

  @ApiProperty({
    type: String,
    description: "The account's balance after this entry, debit positive",
    example: '100.00',
  })
  balance: string;
}

export class EntryView {
  @ApiProperty({ type: String, format: 'uuid' })
  id: string;

  @ApiProperty({ type: String, description: 'Whose book', example: 'alpha' })
  provider: string;

  @ApiProperty({ type: String, example: 'beta' })
  counterparty: string;

  @ApiProperty({ type: String, nullable: true, example: 'alpha-beta' })
  agreement: string | null;

  @ApiProperty({ type: 'integer', description: "The transaction's place in the chain of agreement and book" })
  sequence: number;

  @ApiProperty({ type: 'integer', description: 'Place in the transaction, from 1' })
  position: number;

  @ApiProperty({ type: SourceView })
  source: SourceView;

  @ApiProperty({ type: EntrySideView })
  debit: EntrySideView;

  @ApiProperty({ type: EntrySideView })
  credit: EntrySideView;

  @ApiProperty({ type: String, example: '100.00' })
  amount: string;

  @ApiProperty({ type: String, example: 'USD' })
  currency: string;

  @ApiProperty({ type: String, format: 'date-time' })
  effectiveAt: string;

  @ApiProperty({ type: String, format: 'date-time' })
  recordedAt: string;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: "Id of the mirror image in the other party's book",
  })
  twin: string | null;
}

export class EntryPage extends PageOf(EntryView) {}

/** The columns of entries as CSV. */
export const ENTRY_COLUMNS = [
  ...['id', 'provider', 'counterparty', 'agreement', 'sequence', 'position'],
  ...['source_kind', 'source_id', 'source_line', 'source_url'],
  ...['debit_account', 'debit_kind', 'debit_balance', 'credit_account', 'credit_kind', 'credit_balance'],
  ...['amount', 'currency', 'effectiveAt', 'recordedAt', 'twin'],
];

/** Renders an account. */
export function showAccount(account: LedgerAccount, provider: string, codes: Codes): AccountView {
  const { id, kind, currency, balance, version, createdAt } = account;
  return {
    id,
    provider,
    ...namesOf(account, codes),
    kind,
    currency,
    balance: formatAmount(balance, currency),
    entries: Number(version),
    createdAt: formatInstant(createdAt.getTime()),
  };
}

/** Renders an entry of a provider's book for whoever reads it. */
export function showEntry(
  entry: EntryRecord,
  { provider, reader }: { provider: string; reader: Caller['kind'] },
  codes: Codes,
): EntryView {
  const { id, sequence, position, sourceKind, sourceId, sourceLine, currency } = entry;
  return {
    id,
    provider,
    ...namesOf(entry, codes),
    sequence: Number(sequence),
    position,
    source: { kind: sourceKind, id: sourceId, line: sourceLine, url: sourceUrl(entry, reader) },
    debit: showSide(entry.debit, currency),
    credit: showSide(entry.credit, currency),
    amount: formatAmount(entry.amount, currency),
    currency,
    effectiveAt: formatInstant(entry.effectiveAt.getTime()),
    recordedAt: formatInstant(entry.recordedAt.getTime()),
    twin: entry.twinId,
  };
}

function showSide({ accountId, kind, balance }: EntrySide, currency: string): EntrySideView {
  return { account: accountId, kind, balance: formatAmount(balance, currency) };
}

function namesOf(
  { counterpartyId, agreementId }: { counterpartyId: string; agreementId: string },
  { providers, agreements }: Codes,
): { counterparty: string; agreement: string | null } {
  return {
    counterparty: providers.get(counterpartyId) ?? counterpartyId,
    agreement: agreements.get(agreementId) ?? null,
  };
}
