/** What stands for the parameters of a path, and for what bodies and queries name. */
export type Names = Record<
  | 'agreement'
  | 'batch'
  | 'code'
  | 'dispute'
  | 'entry'
  | 'job'
  | 'key'
  | 'kid'
  | 'line'
  | 'number'
  | 'party'
  | 'payment'
  | 'period'
  | 'provider'
  | 'sha256'
  | 'statement'
  | 'version',
  string
>;

/** What a request carries besides its path. */
export interface Sends {
  query?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

/** What a route answers to whom. */
export interface AccessRow {
  /** The party whose things are named; it raised the dispute, made the payment, and reported the batch. */
  own: number;
  /** The other party of the agreement. */
  counterparty: number;
  operator: number;
  /** A provider with an agreement of its own: the same, byte for byte, as for what does not exist. */
  stranger: number;
  sends?: (names: Names) => Sends;
}

const ANY_STATE = { headers: { 'If-Match': '*' } };

function row(own: number, counterparty: number, operator: number, rest: Partial<AccessRow> = {}): AccessRow {
  return { own, counterparty, operator, stranger: 404, ...rest };
}

/** What both parties and the operator read, and nobody else. */
const shared = (sends?: AccessRow['sends']): AccessRow => row(200, 200, 200, sends && { sends });

/** A list in which everybody finds what is his. */
const list = (sends?: AccessRow['sends']): AccessRow =>
  row(200, 200, 200, { stranger: 200, ...(sends && { sends }) });

/** What each party has of its own, and the operator has not. */
const each = (sends?: AccessRow['sends']): AccessRow => row(200, 200, 403, sends && { sends });

/** What only the provider itself and the operator reach. */
const mine = (status: number, sends?: AccessRow['sends']): AccessRow =>
  row(status, 404, status, sends && { sends });

/** The same for everybody with a key. */
const everybody = (sends?: AccessRow['sends']): AccessRow => list(sends);

/** For the operator alone. */
const operatorOnly = (status: number, sends?: AccessRow['sends']): AccessRow =>
  row(403, 403, status, { stranger: 403, ...(sends && { sends }) });

/** Open to everybody, with a key or without. */
export const PUBLIC = 'public';

const terms = { directions: { aToB: {}, bToA: {} } };
const record = (id: string) => ({
  id,
  direction: 'egress',
  start: '2025-04-05T00:00:00Z',
  end: '2025-04-05T01:00:00Z',
  bytes: '1',
});

let made = 0;

/**
 * Every route by its operation: the rows are asked in this order, one caller after the other, so that a row may
 * rely on what those before it did. A new route gets a row here, thought over.
 */
export const ACCESS: Record<string, AccessRow | typeof PUBLIC> = {
  getSigningKeys: PUBLIC,
  getLiveness: PUBLIC,
  getReadiness: PUBLIC,
  getMetrics: PUBLIC,
  listProblems: PUBLIC,
  getProblem: PUBLIC,

  listProviders: everybody(),
  getProvider: row(200, 200, 200, { stranger: 200 }),
  createProvider: operatorOnly(201, () => ({
    body: { code: `made-${++made}`, name: 'Made', asns: [64500], billingCurrency: 'USD' },
  })),
  createApiKey: mine(201, () => ({ body: { name: 'another', scopes: ['traffic:read'] } })),
  listApiKeys: mine(200),
  revokeApiKey: mine(204),
  addListPrices: mine(201, () => ({
    body: { prices: [{ side: 'ingress', unit: 'GB', unitPrice: '0.01', from: '2026-01-01T00:00:00Z' }] },
  })),
  listListPrices: mine(200),
  registerSigningKey: mine(201, () => ({
    body: { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' },
  })),
  listSigningKeys: row(200, 200, 200, { stranger: 200 }),

  revokeSigningKey: mine(200),
  getBusinessDetails: mine(200),
  replaceBusinessDetails: mine(200, () => ({ body: { legalName: 'Alpha Cloud AG' } })),

  createSession: row(201, 201, 201, { stranger: 201 }),
  // A key is no session.
  getCurrentSession: row(404, 404, 404),
  endCurrentSession: row(404, 404, 404),

  createAgreement: row(201, 201, 201, {
    stranger: 403,
    sends: ({ provider, party }) => ({
      body: {
        ...{ code: `made-${++made}`, partyA: provider, partyB: party },
        ...{ timezone: 'Etc/UTC', currency: 'USD', autoClose: false },
      },
    }),
  }),
  listAgreements: list(),
  getAgreement: shared(),
  proposeVersion: row(201, 201, 403, { sends: () => ({ body: { effectiveFrom: '2026-01', terms } }) }),
  listVersions: shared(),
  getVersion: shared(),
  acceptVersion: row(200, 200, 403, { sends: ({ sha256 }) => ({ body: { sha256 } }) }),
  suspendAgreement: shared(() => ANY_STATE),
  resumeAgreement: shared(() => ANY_STATE),
  terminateAgreement: shared(() => ({ ...ANY_STATE, body: { lastPeriod: '2099-12' } })),

  submitBatch: row(201, 201, 403, { sends: () => ({ body: { records: [record(`made-${++made}`)] } }) }),
  listBatches: each(),
  getBatch: row(200, 404, 403),
  proveTrafficRecord: row(200, 404, 403, { sends: () => ({ query: 'record=r1' }) }),
  listTrafficRecords: each(),

  getReconciliation: shared(),
  listBuckets: shared(),
  downloadBucketsCsv: shared(),
  listDiscrepancies: shared(),
  downloadDiscrepanciesCsv: shared(),
  previewStatement: shared(),
  closePeriod: row(202, 202, 202),
  simulate: shared(({ period }) => ({ body: { terms, periods: [period] } })),

  // It verifies a statement for the party that asked; the other one's answer may say other things.
  getJob: row(200, 404, 200),
  watchJob: row(200, 404, 200),

  listStatements: list(({ agreement }) => ({ query: `agreement=${agreement}` })),
  getStatement: shared(),
  getStatementHistory: shared(),
  listSignatures: shared(),
  restateStatement: shared(),
  explainLine: shared(),
  verifyStatement: row(202, 202, 202),
  downloadStatementCsv: shared(),
  downloadStatementFocus: shared(),
  downloadJournal: each(),
  downloadJournalCsv: each(),
  // The statement is not void: there is nothing to take back.
  downloadReversal: row(409, 409, 409),
  downloadReversalCsv: row(409, 409, 409),
  downloadStatementJson: shared(),
  downloadStatementPdf: shared(),
  downloadStatementUbl: shared(),
  downloadStatementXlsx: shared(),
  listCredits: each(),
  downloadCreditsCsv: each(),
  downloadCreditsFocus: each(),
  downloadCreditsXlsx: each(),

  listDisputes: list(({ agreement }) => ({ query: `agreement=${agreement}` })),
  getDispute: shared(),
  consentToResolution: row(409, 409, 403, { sends: () => ANY_STATE }),
  proposeResolution: row(200, 200, 403, {
    sends: () => ({ ...ANY_STATE, body: { resolution: { kind: 'no_change' } } }),
  }),
  escalateDispute: row(200, 200, 403, { sends: () => ANY_STATE }),
  withdrawDispute: row(200, 403, 403, { sends: () => ANY_STATE }),

  acceptStatement: row(200, 200, 403, { sends: () => ANY_STATE }),
  // Whoever accepted a statement cannot dispute it.
  raiseDispute: row(409, 409, 403, {
    sends: ({ statement, line }) => ({ body: { statement, line, reason: 'rate', claimedAmount: '0.00' } }),
  }),

  recordPayment: row(201, 403, 201, {
    sends: ({ agreement, provider }) => ({
      body: {
        ...{ agreement, payer: provider, amount: '0.01', currency: 'USD' },
        ...{ paidAt: '2025-06-01T00:00:00Z', reference: `wire ${++made}` },
      },
    }),
  }),
  listPayments: list(({ agreement }) => ({ query: `agreement=${agreement}` })),
  getPayment: shared(),
  confirmPayment: row(403, 200, 200),
  // The counterparty took it back before; asking again changes nothing.
  reversePayment: row(200, 200, 200),
  proposeNetting: operatorOnly(200),

  listBalances: row(200, 404, 200, { sends: ({ provider }) => ({ query: `provider=${provider}` }) }),
  listLedgerAccounts: row(200, 404, 200, { sends: ({ provider }) => ({ query: `provider=${provider}` }) }),
  listLedgerEntries: row(200, 404, 200, { sends: ({ provider }) => ({ query: `provider=${provider}` }) }),
  downloadLedgerAccountsCsv: row(200, 404, 200, {
    sends: ({ provider }) => ({ query: `provider=${provider}` }),
  }),
  downloadLedgerEntriesCsv: row(200, 404, 200, {
    sends: ({ provider }) => ({ query: `provider=${provider}` }),
  }),
  proveLedgerEntry: row(200, 404, 404),
  listLedgerHeads: shared(),
  getLedgerHead: shared(),
  checkIntegrity: shared(({ agreement }) => ({ query: `agreement=${agreement}` })),

  // What a caller was refused it also finds there, under the names that it used.
  listAuditEvents: list(({ agreement }) => ({ query: `outcome=done&agreement=${agreement}` })),
  downloadAuditEventsCsv: list(({ agreement }) => ({ query: `outcome=done&agreement=${agreement}` })),

  // Customers are for their reporter alone. The first key is in use, so it stays.
  addCustomerKey: row(201, 404, 403),
  listCustomerKeys: row(200, 404, 403),
  destroyCustomerKey: row(409, 404, 403),
  eraseCustomer: row(204, 404, 403, { sends: () => ({ body: { customer: 'shop-17' } }) }),

  voidStatement: operatorOnly(200, () => ({ ...ANY_STATE, body: { reason: 'wrong' } })),
};
