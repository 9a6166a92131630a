/** What the demo reads of the API's answers. */
export interface Page<T> {
  data: T[];
  nextCursor: string | null;
}

export interface Version {
  version: number;
  state: string;
  sha256: string;
  acceptedBy: string[];
}

export interface Receipt {
  counts: { received: number; created: number; duplicate: number };
  totalBytes: string;
}

export interface Job {
  id: string;
  state: 'queued' | 'running' | 'completed' | 'failed';
  progress: { done: number; total: number };
  result?: { statement: string };
  error?: { code: string; detail: string };
}

export type FlowDirection = 'aToB' | 'bToA';

export interface Reconciliation {
  bucket: string;
  directions: Record<
    FlowDirection,
    { senderBytes: string; receiverBytes: string; settledBytes: string; discrepancyBytes: string }
  >;
  counts: Record<string, number>;
  flags: string[];
}

export interface StatementLine {
  kind: string;
  direction: string | null;
  quantity: string;
  unit: string;
  unitPrice: string;
  amount: string;
  payer: string;
  payee: string;
}

export interface Statement {
  id: string;
  number: string;
  currency: string;
  partyA: string;
  partyB: string;
  settledBytes: Record<FlowDirection, string>;
  zeroRatedBytes: Record<FlowDirection, string>;
  lines: StatementLine[];
  payableByA: string;
  payableByB: string;
  net: { amount: string; payer: string | null; payee: string | null };
  closingBalance: string;
  sha256: string;
}

export interface Credit {
  customer: string;
  direction: string;
  side: string;
  bytes: string;
  unit: string;
  unitPrice: string | null;
  amount: string | null;
  currency: string;
}

export interface CreditTotals {
  count: number;
  bytes: string;
  unpricedBytes: string;
  amount: string;
  currency: string;
}

export interface Balance {
  provider: string;
  counterparty: string;
  currency: string;
  receivable: string;
  payable: string;
  net: string;
  unbilled: string;
  creditsGiven: string;
}
