/** A cloud as the demo registers it. */
export interface Cloud {
  code: string;
  name: string;
  asns: number[];
  prices: CloudPrice[];
}

/** A list price as the API takes it. */
export interface CloudPrice {
  side: 'egress' | 'ingress';
  unit: string;
  unitPrice: string;
  from: string;
}

/** A traffic record as the API takes it. */
export interface TrafficReport {
  id: string;
  direction: 'egress' | 'ingress';
  start: string;
  end: string;
  bytes: string;
  sourceRegion?: string;
  destinationRegion?: string;
  customer?: string;
  chargedUnitPrice?: string;
}

/** Two clouds, what they agreed on, and what each of them reports for one period. */
export interface Peering {
  agreement: { code: string; timezone: string; currency: string };
  partyA: Cloud;
  partyB: Cloud;
  period: string;
  terms: object;
  reports: { A: TrafficReport[]; B: TrafficReport[] };
  /** Sends the reports compressed. */
  gzip: boolean;
}

/** All demo clouds bill in this currency. */
export const CURRENCY = 'USD';
