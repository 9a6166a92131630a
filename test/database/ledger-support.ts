import pg from 'pg';
import { v7 } from 'uuid';
import { issuePostings, LedgerService, type PostingDocument } from '../../src/ledger/index.js';
import { connectDatabase, OPERATOR, type Database, type Tenant } from '../../src/platform/database/index.js';
import { actingFor } from '../support/acting.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

/** Two providers; A bills in USD, B in JPY. */
export const A = '00000000-0000-7000-8000-00000000000a';
export const B = '00000000-0000-7000-8000-00000000000b';

/** A database of its own with the two providers and a ledger on it. */
export interface LedgerUnderTest {
  server: TestDatabase;
  database: Database;
  /** Posts for the two providers, and reads for the operator. */
  ledger: LedgerService;
  /** Empties the ledger, as nobody but its owner can. */
  clear(): Promise<void>;
  /** Runs statements as the owner in one transaction, with no foreign key to hinder it. */
  tamper(statements: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export async function openLedger(): Promise<LedgerUnderTest> {
  const server = await createTestDatabase();
  await server.query(
    `INSERT INTO providers (id, code, name, asns, billing_currency, created_at)
     VALUES ($1, 'cloud-a', 'Cloud A', '{64500}', 'USD', now()), ($2, 'cloud-b', 'Cloud B', '{64501}', 'JPY', now())`,
    [A, B],
  );
  const database = await connectDatabase({ url: server.url, poolSize: 10, applicationName: 'ledger test' });
  const tamper = (statements: readonly string[]) => asOwner(server.url, statements);
  return {
    server,
    database,
    ledger: ledgerOn(database),
    tamper,
    clear: () =>
      tamper(['entries', 'heads', 'transactions', 'accounts'].map((table) => `DELETE FROM ledger_${table}`)),
    close: async () => {
      await database.close();
      await server.drop();
    },
  };
}

function ledgerOn(database: Database): LedgerService {
  const ledger = new LedgerService(database);
  const reading = actingFor(database, OPERATOR, ledger);
  const postingIn = (agreementId: string): LedgerService => actingFor(database, bothIn(agreementId), ledger);
  return Object.assign(Object.create(reading) as LedgerService, {
    post: (document: PostingDocument) => postingIn(document.agreementId).post(document),
    reverse: (...given: Parameters<LedgerService['reverse']>) =>
      postingIn(given[0].agreementId).reverse(...given),
  });
}

/** The tenant of work for A and B in an agreement. */
export function bothIn(agreementId: string): Tenant {
  return { kind: 'agreement', agreementId, partyIds: [A, B] };
}

/** A statement in which A owes B the first amounts, and B owes A the second ones. */
export function statementOf(
  agreementId: string,
  owed: { byA?: bigint[]; byB?: bigint[] },
  effectiveAt: Date | number = Date.UTC(2026, 10, 6),
): PostingDocument {
  const line = (payer: string, payee: string) => (amount: bigint, index: number) => ({
    id: `${payer.slice(-1)}${index}`,
    payer,
    payee,
    amount,
  });
  const lines = [...(owed.byA ?? []).map(line(A, B)), ...(owed.byB ?? []).map(line(B, A))];
  const books = issuePostings({ lines, currency: 'USD' });
  return { agreementId, sourceKind: 'statement', sourceId: v7(), effectiveAt, books };
}

async function asOwner(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query('SET LOCAL session_replication_role = replica');
    for (const statement of statements) await client.query(statement);
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}
