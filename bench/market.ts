import { setTimeout as sleep } from 'node:timers/promises';
import { get, post, postFile, type Endpoint } from './http-client.js';
import type { ServiceUnderTest } from './processes.js';
import { DESTINATION_REGIONS, PERIOD, SOURCE_REGIONS, type RecordFiles } from './records.js';
import type { Run } from './run.js';
import { timed, type Timed } from './timing.js';

/** Closed before anything is measured, so that there is a statement to read. */
const CLOSED_PERIOD = '2025-02';
const SCOPES = [
  'agreements:read',
  'agreements:write',
  'prices:write',
  'traffic:write',
  'traffic:read',
  'statements:read',
  'balances:read',
];

interface Receipt {
  counts: { received: number; created: number; superseded: number; duplicate: number; rejected: number };
}

/** Two providers, and as many agreements between them as the benchmark asks for. */
export interface Market {
  /** Speaks for the provider alpha. */
  a: Endpoint;
  /** What finance reads while records come in: `/v1/balances` and a statement. */
  reads: Record<'balances' | 'statement', () => Promise<unknown>>;
  /** A new agreement, in force for the month of the records. Gives its code. */
  agreement(): Promise<string>;
  /** Sends files to an agreement, one request each; fails unless every record is new, or none is. */
  load(agreement: string, files: readonly RecordFiles[], expected: 'created' | 'duplicate'): Promise<Timed>;
}

export async function openMarket(run: Run, service: ServiceUnderTest): Promise<Market> {
  const as = (key: string): Endpoint => ({ base: service.url, key, signal: run.signal });
  const operator = as(service.operatorKey);
  const [a, b] = [await provider('alpha'), await provider('beta')];
  await post(a, '/v1/providers/alpha/list-prices', {
    prices: [{ side: 'egress', unit: 'GB', unitPrice: '0.22', from: '2020-01-01T00:00:00Z' }],
  });
  let agreements = 0;
  const agreement = async (): Promise<string> => {
    const code = `deal-${(agreements += 1)}`;
    const parties = { code, partyA: 'alpha', partyB: 'beta', timezone: 'Etc/UTC', currency: 'USD' };
    await post(operator, '/v1/agreements', { ...parties, autoClose: false });
    const proposed = await post<{ sha256: string }>(a, `/v1/agreements/${code}/versions`, {
      effectiveFrom: CLOSED_PERIOD,
      terms: TERMS,
    });
    await post(b, `/v1/agreements/${code}/versions/1/accept`, { sha256: proposed.sha256 });
    return code;
  };
  const statement = await closeMonth(operator, a, await agreement());
  return {
    a,
    reads: {
      balances: () => get(a, '/v1/balances'),
      statement: () => get(a, `/v1/statements/${statement}`),
    },
    agreement,
    load: async (code, files, expected) => {
      const total = files.reduce((sum, { count }) => sum + count, 0);
      return timed(total, async () => {
        for (const { ndjson, count } of files) {
          const { counts } = await postFile<Receipt>(a, `/v1/agreements/${code}/batches`, ndjson);
          if (counts[expected] !== count) throw new Error(`Not ${expected}: ${JSON.stringify(counts)}`);
        }
      });
    },
  };

  async function provider(code: string): Promise<Endpoint> {
    const about = { code, name: `${code} Ltd`, asns: [64500], billingCurrency: 'USD' };
    await post(operator, '/v1/providers', about);
    const made = await post<{ key: string }>(operator, `/v1/providers/${code}/api-keys`, {
      name: 'bench',
      scopes: SCOPES,
    });
    return as(made.key);
  }
}

/** Everything is zero-rated, so that customers are credited; the reverse direction is priced. */
const TERMS = {
  reconciliation: {
    scope: ['sourceRegion', 'destinationRegion'],
    scopeValues: { sourceRegion: SOURCE_REGIONS, destinationRegion: DESTINATION_REGIONS },
  },
  directions: {
    aToB: {
      zeroRating: { kind: 'all' },
      pricing: { model: 'linear', unit: 'GB', payer: 'sender', unitPrice: '0.02' },
    },
  },
};

/** Closes a month with one day's records of 20 customers. Gives the statement's id. */
async function closeMonth(operator: Endpoint, a: Endpoint, agreement: string): Promise<string> {
  const records = Array.from({ length: 480 }, (_, n) => {
    const start = Date.parse(`${CLOSED_PERIOD}-03T00:00:00Z`) + (n % 24) * 3_600_000;
    const text = (instant: number): string => new Date(instant).toISOString().replace('.000', '');
    return {
      id: `closed-${n}`,
      direction: 'egress',
      start: text(start),
      end: text(start + 3_600_000),
      bytes: String(1_000_000_000 * (n + 1)),
      sourceRegion: SOURCE_REGIONS[n % SOURCE_REGIONS.length],
      destinationRegion: DESTINATION_REGIONS[n % DESTINATION_REGIONS.length],
      customer: `customer-${n % 20}`,
    };
  });
  await post(a, `/v1/agreements/${agreement}/batches`, { records });
  const path = `/v1/agreements/${agreement}/periods/${CLOSED_PERIOD}/close`;
  const { id } = await post<{ id: string }>(operator, path, {});
  for (let attempt = 0; attempt < 600; attempt += 1) {
    const job = await get<{ state: string; result?: { statement: string }; error?: unknown }>(
      operator,
      `/v1/jobs/${id}`,
    );
    if (job.state === 'completed') return job.result!.statement;
    if (job.state === 'failed') throw new Error(`The close failed: ${JSON.stringify(job.error)}`);
    await sleep(100);
  }
  throw new Error(`${PERIOD} cannot be measured: the month before was not closed within a minute.`);
}
