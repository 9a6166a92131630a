/**
 * Whose rows each table holds. A new table goes into one of these, and gets the policy of its like; the tests of row
 * level security read both from here and from the catalogue. See docs/decisions/row-level-security.md.
 */

/** What both parties of an agreement see of it, and the operator. */
export const SHARED = [
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

/** What a party keeps from the other one and from the operator; the column says whose it is. */
export const OWN: Record<string, string> = {
  batches: 'reporter_id',
  credits: 'provider_id',
  price_news: 'provider_id',
  shares_without_customer: 'provider_id',
  traffic_records: 'reporter_id',
  usage_customers: 'reporter_id',
};

/** The books, by `book_id`: each party its own; the operator reads all, and writes none. */
export const BOOKS = ['ledger_accounts', 'ledger_entries', 'ledger_heads', 'ledger_transactions'];

/** Shared where `provider_id` is null, else that party's own. */
export const COPIES = ['rendering_parts', 'statement_renderings'];

/** What belongs to providers apart from any agreement: who sees a row, in SQL, where `$1` is the provider. */
export const OF_PROVIDERS: Record<string, string> = {
  api_keys: 'provider_id = $1',
  audit_denials: 'party_id = $1',
  audit_events: '$1 IN (chain_id, party_id, counterparty_id)',
  audit_heads: 'chain_id = $1',
  customer_keys: 'provider_id = $1',
  customer_references: 'provider_id = $1',
  idempotency_keys: 'caller = $1::text',
  integrity_checks: 'false',
  jobs: '$1 = ANY (owner_ids)',
  list_prices: 'provider_id = $1',
  provider_business_details: 'provider_id = $1',
  // For everybody to read: who takes part, and with which public keys.
  providers: 'true',
  provider_signing_keys: 'true',
  sessions: 'provider_id = $1',
};

/** Of those what not even the operator sees. */
export const CUSTOMERS = ['customer_keys', 'customer_references'];

/** Tables without a policy, and why they need none. */
export const OPEN: Record<string, string> = {
  outbox: 'ids of jobs that wait to be queued; whose they are is in jobs',
  rate_limits: 'how often ids of keys and providers called within a minute',
  schema_migrations: 'names of migrations',
  signing_keys: 'the service’s own keys',
};

/** Tables that the service may not read, and why they have no policy. */
export const CLOSED: Record<string, string> = {
  traffic_record_rows:
    'COPY FROM takes no table with policies; it is read as traffic_records, which has them, and whose a row is the settings say',
};
