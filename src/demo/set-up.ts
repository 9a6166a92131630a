import type { Version } from './answers.js';
import { ApiClient, ApiError, isConflict } from './client.js';
import type { DemoKeys } from './demo-keys.js';
import { CURRENCY, type Cloud, type Peering } from './peering.js';

const SCOPES = [
  'agreements:read',
  'agreements:write',
  'prices:write',
  'traffic:write',
  'traffic:read',
  'statements:read',
  'balances:read',
];

/** The API as each of those who take part uses it. */
export interface Participants {
  operator: ApiClient;
  A: ApiClient;
  B: ApiClient;
}

export interface Connection {
  url: string;
  keys: DemoKeys;
  signal: AbortSignal;
}

/** Registers both clouds with their keys and prices, and the agreement they accept; what exists is kept. */
export async function setUp({ url, keys, signal }: Connection, peering: Peering): Promise<Participants> {
  const operator = new ApiClient(url, keys.operator, signal);
  const enter = async (cloud: Cloud): Promise<ApiClient> => {
    await register(operator, cloud);
    const client = await withKey({ url, keys, signal }, operator, cloud.code);
    // The same price again changes nothing, so there is no need to look for it first.
    await client.post(`/v1/providers/${cloud.code}/list-prices`, { prices: cloud.prices });
    return client;
  };
  const participants = { operator, A: await enter(peering.partyA), B: await enter(peering.partyB) };
  await agree(participants, peering);
  return participants;
}

async function register(operator: ApiClient, { code, name, asns }: Cloud): Promise<void> {
  if (await operator.find(`/v1/providers/${code}`)) return;
  await unlessMade(operator.post('/v1/providers', { code, name, asns, billingCurrency: CURRENCY }));
}

/** A kept key may be from another database, or revoked; then the operator makes a new one. */
async function withKey(
  { url, keys, signal }: Connection,
  operator: ApiClient,
  cloud: string,
): Promise<ApiClient> {
  const kept = keys.of(cloud);
  if (kept !== null) {
    const client = new ApiClient(url, kept, signal);
    if (await isAccepted(client)) {
      keys.save();
      return client;
    }
  }
  const { key } = await operator.post<{ key: string }>(`/v1/providers/${cloud}/api-keys`, {
    // Of one name two may be active; each run that lost its keys makes another.
    name: `demo of ${new Date().toISOString()}`,
    scopes: SCOPES,
  });
  keys.set(cloud, key);
  keys.save();
  return new ApiClient(url, key, signal);
}

async function isAccepted(client: ApiClient): Promise<boolean> {
  try {
    await client.get('/v1/agreements?limit=1');
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return false;
    throw error;
  }
}

async function agree({ operator, A, B }: Participants, peering: Peering): Promise<void> {
  const { agreement, partyA, partyB, period, terms } = peering;
  const path = `/v1/agreements/${agreement.code}`;
  if (!(await operator.find(path))) {
    const parties = { partyA: partyA.code, partyB: partyB.code };
    await unlessMade(operator.post('/v1/agreements', { ...agreement, ...parties }));
  }
  const versions = await A.all<Version>(`${path}/versions`);
  if (versions.some(({ state }) => state === 'in_force')) return;
  // A proposal without an answer is what an interrupted run leaves.
  const proposal =
    versions.at(-1) ?? (await A.post<Version>(`${path}/versions`, { effectiveFrom: period, terms }));
  for (const [party, client] of [
    [partyA, A],
    [partyB, B],
  ] as const) {
    if (proposal.acceptedBy.includes(party.code)) continue;
    await client.post(`${path}/versions/${proposal.version}/accept`, { sha256: proposal.sha256 });
  }
}

/** Whoever made it in the meantime made the same. */
async function unlessMade(request: Promise<unknown>): Promise<void> {
  try {
    await request;
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
}
