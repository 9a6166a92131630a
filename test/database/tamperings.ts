import type { Random } from '../support/random.js';
import { A, B } from './ledger-support.js';

/** Where an entry or transaction stands: book and sequence. */
export type Place = `${string}/${string}`;

/** Something done to the stored rows by whoever owns the database, and where it has to be found. */
export interface Tampering {
  what: string;
  statements: string[];
  /** Places whose naming counts as found; a problem without a sequence counts by its book. */
  places: Place[];
}

export interface StoredRows {
  entries: Record<string, unknown>[];
  transactions: Record<string, unknown>[];
  heads: Record<string, unknown>[];
  accounts: Record<string, unknown>[];
}

type Table = keyof StoredRows;

const KINDS = ['receivable', 'payable', 'settlement_cost', 'settlement_revenue', 'cash_clearing'];
const UUIDS = [A, B, '00000000-0000-7000-8000-0000000000ff'];
const uuid = (): string => `gen_random_uuid()`;
const bump = (column: string): string => `${column} + 1`;

/** For each column an expression for another value; what is generated cannot be written at all. */
const OTHER_VALUE: Record<Table, Record<string, (random: Random, row: Record<string, unknown>) => string>> = {
  entries: {
    agreement_id: uuid,
    id: uuid,
    book_id: () => `counterparty_id`,
    sequence: () => bump('sequence'),
    position: () => `position + 7`,
    counterparty_id: () => quoted(UUIDS[2]!),
    currency: () => `'EUR'`,
    debit_kind: (random, row) => quoted(otherThan(random, KINDS, row.debit_kind)),
    credit_kind: (random, row) => quoted(otherThan(random, KINDS, row.credit_kind)),
    amount: (random) => `amount + ${1 + random.below(1000)}`,
    twin_id: uuid,
    source_line: () => `coalesce(source_line, '') || 'x'`,
    debit_balance: () => bump('debit_balance'),
    debit_version: () => bump('debit_version'),
    credit_balance: () => bump('credit_balance'),
    credit_version: () => bump('credit_version'),
  },
  transactions: {
    agreement_id: uuid,
    id: uuid,
    book_id: () => `CASE book_id WHEN '${A}' THEN '${B}' ELSE '${A}' END::uuid`,
    sequence: () => `sequence + 100`,
    source_kind: () => `source_kind || 'x'`,
    source_id: uuid,
    effective_at: () => `effective_at + interval '1 day'`,
    recorded_at: () => `recorded_at + interval '1 microsecond'`,
    canonical: (random) =>
      random.once(2) ? `canonical || ' '` : `replace(canonical, '"amount":"', '"amount":"1')`,
    previous_sha256: () => `sha256(coalesce(previous_sha256, ''))`,
    sha256: () => `sha256(sha256)`,
  },
  heads: {
    agreement_id: uuid,
    sequence: () => bump('sequence'),
    sha256: () => `sha256(sha256)`,
    recorded_at: () => `recorded_at + interval '1 microsecond'`,
  },
  accounts: {
    agreement_id: uuid,
    id: uuid,
    counterparty_id: () => quoted(UUIDS[2]!),
    kind: (random, row) => quoted(otherThan(random, KINDS, row.kind)),
    currency: () => `'EUR'`,
    balance: (random) => `balance - ${1 + random.below(1000)}`,
    version: () => bump('version'),
    created_at: () => `created_at + interval '1 microsecond'`,
  },
};

/** Draws one of all the ways in which a row can be changed, deleted, added or put elsewhere. */
export function drawTampering(random: Random, rows: StoredRows): Tampering {
  const draw = random.pick([
    change,
    change,
    change,
    remove,
    removeWhole,
    duplicate,
    exchange,
    exchangePositions,
  ]);
  return draw(random, rows) ?? change(random, rows);
}

function change(random: Random, rows: StoredRows): Tampering {
  const table = random.pick(['entries', 'entries', 'transactions', 'heads', 'accounts'] as const);
  const row = random.pick(rows[table]);
  const column = random.pick(Object.keys(OTHER_VALUE[table]));
  const value = OTHER_VALUE[table][column]!(random, row);
  return {
    what: `change ${column} of ${table}`,
    statements: [`UPDATE ledger_${table} SET ${column} = ${value} WHERE ctid = '${String(row.ctid)}'`],
    places: [
      ...placesOf(rows, table, row),
      // What is moved into the other book may be missed here or found there.
      ...(column === 'book_id' ? placesIn(otherBook(row), row) : []),
    ],
  };
}

function remove(random: Random, rows: StoredRows): Tampering {
  const table = random.pick(['entries', 'transactions', 'heads', 'accounts'] as const);
  const row = random.pick(rows[table]);
  return {
    what: `delete from ${table}`,
    statements: [`DELETE FROM ledger_${table} WHERE ctid = '${String(row.ctid)}'`],
    places: placesOf(rows, table, row),
  };
}

/** A transaction with its entries; of the last one the head is set back as well. */
function removeWhole(random: Random, rows: StoredRows): Tampering {
  const row = random.pick(rows.transactions);
  const at = `book_id = '${String(row.book_id)}' AND sequence = ${String(row.sequence)}`;
  const before = `book_id = '${String(row.book_id)}' AND sequence = ${Number(row.sequence) - 1}`;
  return {
    what: 'delete a transaction with its entries',
    statements: [
      `DELETE FROM ledger_entries WHERE ${at}`,
      `DELETE FROM ledger_transactions WHERE ${at}`,
      `UPDATE ledger_heads AS head SET sequence = last.sequence, sha256 = last.sha256, recorded_at = last.recorded_at
       FROM ledger_transactions AS last
       WHERE head.book_id = last.book_id AND last.${before.replace(' AND ', ' AND last.')}
         AND head.sequence = ${String(row.sequence)}`,
    ],
    places: [
      ...placesOf(rows, 'transactions', row),
      // What is cut off at the end shows where the chain ends now.
      `${String(row.book_id)}/${Number(row.sequence) - 1}`,
    ],
  };
}

function duplicate(random: Random, rows: StoredRows): Tampering {
  const table = random.pick(['entries', 'transactions', 'heads', 'accounts'] as const);
  const row = random.pick(rows[table]);
  const columns = Object.keys(row).filter((name) => name !== 'ctid');
  const fresh: Record<string, string> =
    table === 'entries'
      ? { id: 'gen_random_uuid()', position: 'position + 100' }
      : { id: 'gen_random_uuid()' };
  if (table === 'transactions') fresh.sequence = 'sequence + 100';
  if (table === 'heads') Object.assign(fresh, { book_id: quoted(UUIDS[2]!), id: undefined });
  const values = columns.map((name) => fresh[name] ?? name);
  return {
    what: `insert into ${table}`,
    statements: [
      `INSERT INTO ledger_${table} (${columns.join(', ')})
       SELECT ${values.join(', ')} FROM ledger_${table} WHERE ctid = '${String(row.ctid)}'`,
    ],
    places: [
      ...placesOf(rows, table, row),
      ...endOf(rows, row),
      ...(table === 'heads' ? ([`${UUIDS[2]!}/`] as Place[]) : []),
    ],
  };
}

/** Two transactions of a book change places, with their entries. */
function exchange(random: Random, rows: StoredRows): Tampering | null {
  const one = random.pick(rows.transactions);
  const others = rows.transactions.filter((row) => row.book_id === one.book_id && row !== one);
  if (others.length === 0) return null;
  const other = random.pick(others);
  const book = `book_id = '${String(one.book_id)}'`;
  return {
    what: 'exchange two transactions',
    statements: ['transactions', 'entries'].map(
      (table) =>
        `UPDATE ledger_${table} SET sequence = CASE sequence WHEN ${String(one.sequence)} THEN ${String(other.sequence)}
         ELSE ${String(one.sequence)} END WHERE ${book} AND sequence IN (${String(one.sequence)}, ${String(other.sequence)})`,
    ),
    places: [...placesOf(rows, 'transactions', one), ...placesOf(rows, 'transactions', other)],
  };
}

function exchangePositions(random: Random, rows: StoredRows): Tampering | null {
  const one = random.pick(rows.entries);
  const others = rows.entries.filter(
    (row) => row.book_id === one.book_id && row.sequence === one.sequence && row !== one,
  );
  if (others.length === 0) return null;
  const other = random.pick(others);
  return {
    what: 'exchange two entries',
    statements: [
      `UPDATE ledger_entries SET position = CASE ctid WHEN '${String(one.ctid)}' THEN ${String(other.position)}
       ELSE ${String(one.position)} END WHERE ctid IN ('${String(one.ctid)}', '${String(other.ctid)}')`,
    ],
    places: placesOf(rows, 'entries', one),
  };
}

/** A row's own place, those that mirror it, the next one in the chain, and its book where there is no sequence. */
function placesOf(rows: StoredRows, table: Table, row: Record<string, unknown>): Place[] {
  const [book, sequence] = [String(row.book_id), row.sequence];
  if (table === 'heads' || table === 'accounts') {
    // Whatever touched an account is where it can show; a head shows at the end of its chain.
    const own = rows.transactions.filter((each) => each.book_id === book);
    return [
      `${book}/`,
      ...own.map((each): Place => `${book}/${String(each.sequence)}`),
      `${book}/${own.length + 1}`,
    ];
  }
  const entries = rows.entries.filter((each) => each.book_id === book && each.sequence === sequence);
  const twins = rows.entries.filter((each) => entries.some(({ id }) => id === each.twin_id));
  const places = [row, ...twins].map((each): Place => `${String(each.book_id)}/${String(each.sequence)}`);
  return [...places, `${book}/${Number(sequence) + 1}`, `${book}/`];
}

function otherBook({ book_id: book }: Record<string, unknown>): string {
  return book === A ? B : A;
}

/** The place of the same sequence in a book, and the next. */
function placesIn(book: string, { sequence }: Record<string, unknown>): Place[] {
  return [`${book}/${String(sequence)}`, `${book}/${Number(sequence) + 1}`, `${book}/`];
}

/** Right after a book's last transaction, where what is put beyond it leaves a gap. */
function endOf(rows: StoredRows, { book_id: book }: Record<string, unknown>): Place[] {
  const own = rows.transactions.filter((each) => each.book_id === book);
  return [`${String(book)}/${own.length + 1}`];
}

function otherThan(random: Random, values: readonly string[], value: unknown): string {
  return random.pick(values.filter((each) => each !== value));
}

function quoted(text: string): string {
  return `'${text}'`;
}
