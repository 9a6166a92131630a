import { stringify } from 'csv-stringify/sync';
import { currencyExponent, formatAmount, parseAmount } from '../../money/index.js';
import { formatLocal } from '../../period/index.js';
import type { CreditSummary } from './copy.js';
import { describe } from './focus-charges.js';
import { inertCell } from './inert-cell.js';
import { linesOf, type StatementModel } from './statement-model.js';

/** One debit and one credit of the same amount, as the ledger books a line or the credits of a side. */
export interface JournalEntry {
  /** The same for the same fact whenever it is exported, so that importing twice books it once. */
  externalId: string;
  debit: Account;
  credit: Account;
  /** Above 0, with exactly the currency's decimals. */
  amount: string;
  currency: string;
  description: string;
}

type Account = keyof typeof PLAIN_TEXT_ACCOUNTS;

/** Where the ledger's accounts belong in a chart of accounts. */
const PLAIN_TEXT_ACCOUNTS = {
  settlement_cost: 'expenses:settlement',
  payable: 'liabilities:payable',
  receivable: 'assets:receivable',
  settlement_revenue: 'revenues:settlement',
  zero_rated_waiver: 'revenues:zero-rated waiver',
  customer_credits: 'liabilities:customer credits',
} as const;

/**
 * A statement's postings in a party's own book, gross both ways; negative amounts the other way round. With the
 * instant at which it was made void, the postings that take all of it back.
 */
export function journalEntries(
  model: StatementModel,
  own: string,
  credits: CreditSummary,
  voidedAt?: string,
): JournalEntry[] {
  const { statement } = model;
  const lines = linesOf(model).map((line) => {
    const pays = line.payer === own;
    return entry({
      externalId: `${statement.id}/${line.id}`,
      debit: pays ? 'settlement_cost' : 'receivable',
      credit: pays ? 'payable' : 'settlement_revenue',
      amount: line.amount,
      currency: statement.currency,
      description: describe(line),
    });
  });
  const given = credits.bySide.map(({ direction, side, amount, currency }) =>
    entry({
      externalId: `${statement.id}/credits/${direction}/${side}/${currency}`,
      debit: 'zero_rated_waiver',
      credit: 'customer_credits',
      amount,
      currency,
      description: `Credits to own customers ${direction} ${side}`,
    }),
  );
  const entries = [...lines, ...given].filter((each) => each !== null);
  return voidedAt === undefined ? entries : entries.map(takenBack);
}

function takenBack({ externalId, debit, credit, description, ...rest }: JournalEntry): JournalEntry {
  return {
    ...rest,
    externalId: `${externalId}/void`,
    debit: credit,
    credit: debit,
    description: `Void: ${description}`,
  };
}

function entry(posting: JournalEntry): JournalEntry | null {
  const minor = parseAmount(posting.amount, posting.currency);
  if (minor === 0n) return null;
  if (minor > 0n) return posting;
  const amount = formatAmount(-minor, posting.currency);
  return { ...posting, debit: posting.credit, credit: posting.debit, amount };
}

const COLUMNS = [
  'external_id',
  'date',
  'document',
  'agreement',
  'period',
  'counterparty',
  'account',
  'debit',
  'credit',
  'currency',
  'description',
];

/** The entries as two rows each, one a debit, one a credit: they balance in each currency. */
export function renderJournalCsv(
  model: StatementModel,
  own: string,
  credits: CreditSummary,
  voidedAt?: string,
): Buffer {
  const { number, agreement, period } = model.statement;
  const common = {
    date: dateOf(model, voidedAt),
    document: number,
    agreement,
    period,
    counterparty: other(model, own),
  };
  const rows = journalEntries(model, own, credits, voidedAt).flatMap((each) => {
    const { currency, amount } = each;
    const row = { ...common, currency, description: inertCell(each.description) };
    return [
      { ...row, external_id: `${each.externalId}/debit`, account: each.debit, debit: amount, credit: null },
      { ...row, external_id: `${each.externalId}/credit`, account: each.credit, debit: null, credit: amount },
    ];
  });
  return Buffer.from(stringify(rows, { header: true, columns: COLUMNS, record_delimiter: '\r\n' }));
}

/** The entries as plain-text accounting, as hledger and ledger read it, with every account and currency declared. */
export function renderPlainJournal(
  model: StatementModel,
  own: string,
  credits: CreditSummary,
  voidedAt?: string,
): Buffer {
  const { number, agreement, period, sha256 } = model.statement;
  const entries = journalEntries(model, own, credits, voidedAt);
  const name = (account: Account): string =>
    `${PLAIN_TEXT_ACCOUNTS[account]}:${other(model, own)}:${agreement}`;
  const currencies = [...new Set(entries.map(({ currency }) => currency))].sort();
  const accounts = [...new Set(entries.flatMap(({ debit, credit }) => [name(debit), name(credit)]))].sort();
  const date = dateOf(model, voidedAt);
  return Buffer.from(
    [
      `; ${number}, ${agreement} ${period}, in the book of ${own}. It is not a tax invoice.`,
      `; sha256 ${sha256}`,
      '',
      ...currencies.map((currency) => `commodity ${currency} ${sample(currency)}`),
      ...accounts.map((account) => `account ${account}`),
      ...entries.flatMap(({ externalId, debit, credit, amount, currency, description }) => [
        '',
        `${date} * (${number}) ${description}`,
        `    ; id: ${externalId}`,
        `    ${name(debit)}  ${currency} ${amount}`,
        `    ${name(credit)}  ${currency} -${amount}`,
      ]),
      '',
    ].join('\n'),
  );
}

/** How amounts of a currency look: hledger learns the decimals from it. */
function sample(currency: string): string {
  const exponent = currencyExponent(currency);
  return exponent === 0 ? '1000.' : `1000.${'0'.repeat(exponent)}`;
}

/** The day in the agreement's zone on which it was issued, or made void. */
function dateOf({ statement }: StatementModel, voidedAt = statement.issuedAt): string {
  return formatLocal(Date.parse(voidedAt), statement.timezone).slice(0, 10);
}

function other({ parties }: StatementModel, own: string): string {
  return parties.A.code === own ? parties.B.code : parties.A.code;
}
