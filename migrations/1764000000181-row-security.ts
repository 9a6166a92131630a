import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the service sets in each transaction. Not set, or empty as it is after a transaction that set it, matches
 * nothing. The single ones are compared first: reading a list costs more with each of its members, for every row.
 */
const uuid = (setting: string): string => `nullif(current_setting('app.${setting}', true), '')::uuid`;
const PROVIDER = uuid('provider');
const PARTIES = `${uuid('parties')}[]`;
const AGREEMENT = uuid('agreement');
const AGREEMENTS = `${uuid('agreements')}[]`;
const OPERATOR = `current_setting('app.operator', true) = 'on'`;
const SECRET = `decode(nullif(current_setting('app.secret_sha256', true), ''), 'hex')`;

const IN_AGREEMENT = `(agreement_id = ${AGREEMENT} OR agreement_id = ANY (${AGREEMENTS}))`;

/** A provider's own, for itself, and for work that concerns both parties of the agreement. */
const ownBy = (column: string): string =>
  `(${column} = ${PROVIDER} OR (agreement_id = ${AGREEMENT} AND ${column} = ANY (${PARTIES})))`;

/** What both parties of an agreement see of it, and the operator. */
const SHARED = [
  'agreed_bytes',
  'agreement_acceptances',
  'agreement_clocks',
  'agreement_suspensions',
  'agreement_versions',
  'closed_periods',
  'concessions',
  'dispute_steps',
  'disputed_lines',
  'disputes',
  'late_usage',
  'ledger_seals',
  'payments',
  'statement_lines',
  'statement_signatures',
  'statement_steps',
  'statements',
  'usage_buckets',
  'usage_periods',
];

/** What a party keeps from the other one and from the operator, and the column that says whose it is. */
const OWN: Record<string, string> = {
  batches: 'reporter_id',
  credits: 'provider_id',
  price_news: 'provider_id',
  shares_without_customer: 'provider_id',
  traffic_records: 'reporter_id',
  usage_customers: 'reporter_id',
};

/** The books: each party its own; the operator reads them all. */
const BOOKS = ['ledger_accounts', 'ledger_entries', 'ledger_heads', 'ledger_transactions'];

/** Both parties', and the operator's, unless they say whose they are. */
const COPIES = ['rendering_parts', 'statement_renderings'];

type Guard = (table: string, policies: Record<string, string>) => Promise<void>;

/**
 * Isolation a second time, in the database: the service's role sees and changes rows of the tenant alone for whom
 * it acts, whatever its queries ask for. Policies are plain comparisons, without sub-queries.
 */
export class RowSecurity1764000000181 implements MigrationInterface {
  name = 'RowSecurity1764000000181';

  async up(runner: QueryRunner): Promise<void> {
    const guard: Guard = (table, policies) => guardTable(runner, table, policies);
    for (const table of SHARED) await guard(table, { tenant: `USING (${IN_AGREEMENT} OR ${OPERATOR})` });
    for (const [table, column] of Object.entries(OWN))
      await guard(table, { tenant: `USING (${ownBy(column)})` });
    for (const table of BOOKS)
      await guard(table, {
        tenant: `USING (${ownBy('book_id')})`,
        operator: `FOR SELECT USING (${OPERATOR})`,
      });
    for (const table of COPIES)
      await guard(table, {
        tenant: `USING (${IN_AGREEMENT} AND (provider_id IS NULL OR ${ownBy('provider_id')}))`,
        operator: `USING (provider_id IS NULL AND ${OPERATOR})`,
      });
    await guardTablesOfProviders(guard);
    await guardAccess(guard);
    await guardAudit(guard);
    await runner.query(`
      DO $$
      BEGIN
        ASSERT (SELECT NOT rolsuper AND NOT rolbypassrls FROM pg_roles WHERE rolname = 'peerledger_service'),
          'the role peerledger_service must be neither superuser nor exempt from row security';
      END
      $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    const policies = (await runner.query(`
      SELECT polname AS name, polrelid::regclass::text AS "table" FROM pg_policy ORDER BY 2, 1`)) as {
      name: string;
      table: string;
    }[];
    for (const { name, table } of policies) await runner.query(`DROP POLICY ${name} ON ${table}`);
    for (const table of new Set(policies.map((policy) => policy.table))) {
      await runner.query(`ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY`);
    }
  }
}

/** What belongs to providers, and not to agreements, and the agreements themselves. */
async function guardTablesOfProviders(guard: Guard): Promise<void> {
  const own = `provider_id = ${PROVIDER} OR provider_id = ANY (${PARTIES}) OR ${OPERATOR}`;
  await guard('agreements', {
    tenant: `USING (id = ${AGREEMENT} OR party_a_id = ${PROVIDER} OR party_b_id = ${PROVIDER} OR ${OPERATOR})`,
  });
  // Not even work for both parties names their customers.
  for (const table of ['customer_keys', 'customer_references'])
    await guard(table, { tenant: `USING (provider_id = ${PROVIDER})` });
  await guard('integrity_checks', { operator: `USING (${OPERATOR})` });
  await guard('jobs', {
    tenant: `USING (${PROVIDER} = ANY (owner_ids) OR owner_ids && ${PARTIES} OR ${OPERATOR})`,
  });
  await guard('list_prices', { tenant: `USING (${own})` });
  await guard('provider_business_details', { tenant: `USING (${own})` });
  // Who takes part, and with which keys it signs, is for everybody to read.
  await guard('providers', {
    everybody: `FOR SELECT USING (true)`,
    operator: `FOR INSERT WITH CHECK (${OPERATOR})`,
  });
  await guard('provider_signing_keys', {
    everybody: `FOR SELECT USING (true)`,
    tenant: `USING (${own})`,
  });
}

/** Keys, sessions and the answers of requests. */
async function guardAccess(guard: Guard): Promise<void> {
  const own = `provider_id = ${PROVIDER} OR ${OPERATOR}`;
  // Before anybody knows whose a secret is, whoever shows it sees it, and the key that a session stands for.
  await guard('api_keys', {
    tenant: `USING (${own})`,
    bearer: `FOR SELECT USING (key_sha256 = ${SECRET} OR id = ${uuid('session_key')})`,
    bearer_use: `FOR UPDATE USING (key_sha256 = ${SECRET})`,
  });
  await guard('sessions', {
    tenant: `USING (${own})`,
    bearer: `FOR SELECT USING (secret_sha256 = ${SECRET})`,
    bearer_use: `FOR UPDATE USING (secret_sha256 = ${SECRET})`,
  });
  await guard('idempotency_keys', { tenant: `USING (caller = ${PROVIDER}::text OR ${OPERATOR})` });
}

/** A chain is written to by whom it is of; an event is read by whom it concerns, too. */
async function guardAudit(guard: Guard): Promise<void> {
  const own = `chain_id = ${PROVIDER} OR ${OPERATOR}`;
  await guard('audit_heads', { tenant: `USING (${own})` });
  await guard('audit_events', {
    tenant: `USING (${own})`,
    concerned: `FOR SELECT USING (party_id = ${PROVIDER} OR counterparty_id = ${PROVIDER})`,
  });
  await guard('audit_denials', {
    operator: `USING (${OPERATOR})`,
    concerned: `FOR SELECT USING (party_id = ${PROVIDER})`,
  });
}

async function guardTable(
  runner: QueryRunner,
  table: string,
  policies: Record<string, string>,
): Promise<void> {
  await runner.query(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`);
  for (const [name, rule] of Object.entries(policies)) {
    const [, command = '', condition] = /^(FOR \w+ )?([^]*)$/.exec(rule)!;
    await runner.query(`CREATE POLICY ${name} ON ${table} ${command}TO peerledger_service ${condition}`);
  }
}
