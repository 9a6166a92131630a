import { randomBytes } from 'node:crypto';
import { dealsOver, hourly, PERIOD, type Deal, type Party } from '../support/market.js';
import { registerProvider, type TestApi } from '../support/api.js';

/** Who sends fuzzed requests. */
export type CallerName = 'a' | 'b' | 'c' | 'stranger' | 'operator' | 'nobody';

/** A text that nobody can guess, and who may read it. */
export interface Mark {
  text: string;
  readers: readonly CallerName[];
}

export interface World {
  keys: Record<CallerName, string | null>;
  /** What names something in this world, by the name of a parameter or member. */
  names: Record<string, readonly string[]>;
  marks: Mark[];
}

type Api = Pick<TestApi, 'request' | 'operatorKey'>;

/** A mark: random enough to be found by nobody, and to stand nowhere by chance. */
const secret = (what: string): string => `${what}-${randomBytes(9).toString('hex')}`;

const TERMS = {
  directions: {
    aToB: {
      zeroRating: { kind: 'allowance', quantity: '1', unit: 'GB' },
      pricing: { model: 'linear', unit: 'GB', unitPrice: '1' },
    },
    bToA: { zeroRating: { kind: 'all' } },
  },
};

/**
 * Three providers, each with an agreement with each of the others, and two strangers with one between them. All
 * have reported a month that is settled and an open one; there are disputes, payments, jobs and keys.
 */
export async function fillWorld(api: Api): Promise<World> {
  const codes = { a: secret('a'), b: secret('b'), c: secret('c'), stranger: secret('s'), other: secret('o') };
  const parties = {} as Record<keyof typeof codes, Party>;
  for (const [name, code] of Object.entries(codes)) {
    parties[name as keyof typeof codes] = await registerProvider(api.request, api.operatorKey, code);
  }
  const world: World = {
    keys: {
      ...{ a: parties.a.key, b: parties.b.key, c: parties.c.key, stranger: parties.stranger.key },
      ...{ operator: api.operatorKey, nobody: null },
    },
    names: {
      provider: Object.values(codes),
      period: [PERIOD, '2025-04', '2026-12'],
      number: ['1'],
      version: ['1'],
    },
    marks: [],
  };
  const pairs: [CallerName, CallerName | null, Party, Party][] = [
    ['a', 'b', parties.a, parties.b],
    ['a', 'c', parties.a, parties.c],
    ['b', 'c', parties.b, parties.c],
    ['stranger', null, parties.stranger, parties.other],
  ];
  for (const [first, second, a, b] of pairs) await fillDeal(api, world, { first, second, a, b });
  return world;
}

interface Pair {
  first: CallerName;
  second: CallerName | null;
  a: Party;
  b: Party;
}

async function fillDeal(api: Api, world: World, { first, second, a, b }: Pair): Promise<void> {
  const deals = dealsOver(api);
  const code = secret('deal');
  const deal: Deal = { code, a, b };
  const both = [first, ...(second ? [second] : [])];
  mark(world, code, [...both, 'operator']);
  await post(api, a.key, '/v1/agreements', {
    ...{ code, partyA: a.code, partyB: b.code, timezone: 'Etc/UTC', currency: 'USD', autoClose: false },
  });
  for (const party of [a, b])
    await deals.addPrices(party, [{ side: 'egress', unit: 'GB', unitPrice: '0.22' }]);
  const accepted = await deals.agree(deal, TERMS);
  remember(world, { agreement: code, sha256: accepted.body.sha256 });
  for (const [name, party] of [
    [first, a],
    [second, b],
  ] as const) {
    await report(api, world, deal, name, party);
  }
  await settle(api, world, deal);
}

/** Reports a month, and something of the open time, under names that are the reporter's own secrets. */
async function report(
  api: Api,
  world: World,
  deal: Deal,
  name: CallerName | null,
  party: Party,
): Promise<void> {
  const isA = party === deal.a;
  const readers = name ? [name] : [];
  const own = (what: string): string => {
    const text = secret(what);
    mark(world, text, readers);
    return text;
  };
  const records = Array.from({ length: 20 }, (_, index) => {
    const day = String(1 + (index % 10)).padStart(2, '0');
    const outwards = index < 10;
    return hourly(own('record'), `${day}T00`, outwards ? '2000000000' : '1000000000', {
      direction: outwards === isA ? 'egress' : 'ingress',
      customer: own('customer'),
      chargedUnitPrice: `0.${BigInt(`0x${randomBytes(4).toString('hex')}`)}`,
    });
  });
  for (const { chargedUnitPrice } of records) mark(world, chargedUnitPrice!, readers);
  const idempotencyKey = own('idempotency');
  const taken = await dealsOver(api).take(deal, party, records, { as: 'ndjson', idempotencyKey });
  const key = await post(api, api.operatorKey, `/v1/providers/${party.code}/api-keys`, {
    name: own('keyname'),
    scopes: ['traffic:read'],
  });
  // The operator sees keys and what they are called, but nothing that is reported.
  for (const each of world.marks)
    if (each.text.startsWith('keyname')) each.readers = [...each.readers, 'operator'];
  mark(world, key.body.id, [...readers, 'operator']);
  // Requests name the first of them; the others are known to nobody but their reporter.
  const { id: record, customer } = records[0]!;
  remember(world, { batch: taken.body.id, key: key.body.id, customer, record, idempotencyKey });
}

/** Settles the month, disputes and pays some of it, and leaves jobs behind. */
async function settle(api: Api, world: World, deal: Deal): Promise<void> {
  const { code, a, b } = deal;
  const statement = await dealsOver(api).closePeriod(deal);
  const [line] = statement.lines;
  remember(world, { statement: statement.id, line: line?.id });
  const dispute = await post(api, a.key, '/v1/disputes', {
    ...{ statement: statement.id, line: line.id, reason: 'rate', claimedAmount: '0.00' },
  });
  const payment = await post(api, a.key, '/v1/payments', {
    ...{ agreement: code, payer: a.code, amount: '0.01', currency: 'USD' },
    ...{ paidAt: '2025-06-01T00:00:00Z', reference: 'wire' },
  });
  const job = await post(api, b.key, `/v1/statements/${statement.id}/verify`, undefined);
  const entries = await api.request('GET', '/v1/ledger/entries?limit=3', { key: a.key });
  remember(world, {
    ...{ dispute: dispute.body.id, payment: payment.body.id, job: job.body.id },
    ...{ entry: entries.body.data[0]?.id },
  });
}

async function post(api: Api, key: string, path: string, body: unknown): ReturnType<Api['request']> {
  const answer = await api.request('POST', path, { key, ...(body !== undefined && { body }) });
  if (answer.status >= 300) throw new Error(`POST ${path} answered ${answer.status}: ${answer.text}`);
  return answer;
}

function mark(world: World, text: string, readers: readonly CallerName[]): void {
  world.marks.push({ text, readers });
}

function remember(world: World, named: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(named)) {
    if (value !== undefined) world.names[name] = [...(world.names[name] ?? []), value];
  }
}
