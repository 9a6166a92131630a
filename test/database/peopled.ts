import { generateKeyPairSync } from 'node:crypto';
import { CompactSign, exportJWK } from 'jose';
import { DenialLog } from '../../src/access/denial-log.js';
import { IntegrityService } from '../../src/integrity/index.js';
import { bucketAt, bytes, raiseBucket, raised, stepped, type Disputable } from '../api/disputes-support.js';
import { expectStatus, hourly, startMarket, type Deal, type Market, type Party } from '../support/market.js';

/** A and B with a month behind them in which all happened that can, C with whom A has another agreement, a stranger. */
export interface Peopled {
  agreementId: string;
  code: string;
  a: Party;
  b: Party;
  c: Party;
  stranger: Party;
}

const NEXT = '2025-04';
const FLOW = {
  zeroRating: { kind: 'allowance', quantity: '2', unit: 'GB' },
  pricing: { model: 'linear', unit: 'GB', unitPrice: '1' },
};
const TERMS = {
  backBillingMonths: 120,
  reconciliation: { ppm: 0, mismatchRule: 'higher' },
  directions: { aToB: FLOW, bToA: FLOW },
};
const PRICE = { unit: 'GB', unitPrice: '0.22', from: '2020-01-01T00:00:00Z' };

/** Fills a market so that every table has rows, and of what a party keeps to itself rows of each. */
export async function peopled(market: Awaited<ReturnType<typeof startMarket>>): Promise<Peopled> {
  const prices = { a: [{ ...PRICE, side: 'egress' as const }], b: [{ ...PRICE, side: 'ingress' as const }] };
  const deal = await market.deal({ terms: TERMS, prices });
  const c = await market.provider('gamma');
  const stranger = await market.provider('stranger');
  const other: Deal = { code: 'other', a: deal.a, b: c };
  await agree(market, other);
  for (const each of [deal, other]) await report(market, each);
  const statement = await market.closePeriod(deal);
  await market.closePeriod(other);
  await settle(market, { deal, statement, lineId: statement.lines[0].id });
  for (const { code, key } of [deal.a, deal.b])
    expectStatus(await market.request('POST', `/v1/providers/${code}/customer-keys`, { key }), 201);
  await report(market, deal, 'late-');
  await market.closePeriod(deal, NEXT);
  await market.acting(IntegrityService).verifyOnSchedule(0);
  await useAccess(market, deal);
  const [row] = await market.database.query<{ id: string }>(`SELECT id FROM agreements WHERE code = $1`, [
    deal.code,
  ]);
  return { agreementId: row!.id, code: deal.code, a: deal.a, b: deal.b, c, stranger };
}

async function agree(market: Market, { code, a, b }: Deal): Promise<void> {
  const body = {
    code,
    partyA: a.code,
    partyB: b.code,
    timezone: 'Etc/UTC',
    currency: 'USD',
    autoClose: false,
  };
  expectStatus(await market.request('POST', '/v1/agreements', { key: b.key, body }), 201);
  await market.addPrices(b, [{ ...PRICE, side: 'ingress' }]);
  expectStatus(await market.agree({ code, a, b }, TERMS), 200);
}

/** Both sides' reports, with customers and without, and one bucket on which they differ. */
async function report(market: Market, deal: Deal, prefix = ''): Promise<void> {
  const at = prefix === '' ? 0 : 12;
  const hours = [
    [100, 100],
    [50, 30],
  ];
  for (const [party, side, direction] of [
    [deal.a, 0, 'egress'],
    [deal.b, 1, 'ingress'],
  ] as const) {
    const records = hours.flatMap((hour, n) => {
      const customer = `customer-of-${party.code}`;
      const id = `${prefix}h${n}`;
      const size = BigInt(hour[side]!) * 500_000_000n;
      const start = `05T${String(at + n).padStart(2, '0')}`;
      return [
        hourly(`${id}-with`, start, String(size), { direction, customer }),
        hourly(`${id}-without`, start, String(size), { direction }),
      ];
    });
    await market.take(deal, party, records);
  }
}

/** A session of each party, an attempt of each that is denied, and prices that an agreement hears of. */
async function useAccess(market: Market, { a, b }: Deal): Promise<void> {
  for (const party of [a, b]) {
    expectStatus(await market.request('POST', '/v1/sessions', { key: party.key }), 201);
    expectStatus(await market.request('GET', `/v1/netting`, { key: party.key }), 403);
    await market.addPrices(party, [{ ...PRICE, side: 'egress', region: 'eu' }]);
    const path = `/v1/providers/${party.code}/business-details`;
    const body = { legalName: `${party.code} Ltd` };
    expectStatus(await market.request('PUT', path, { key: party.key, body }), 200);
  }
  await market.get(DenialLog).write(true);
}

async function settle(market: Market, case_: Disputable): Promise<void> {
  const { deal, statement } = case_;
  const { a, b, code } = deal;
  const conceded = await raised(market, case_, a, { claimedAmount: '60.00' });
  await stepped(market, conceded.id, 'propose', b, {
    body: { resolution: { kind: 'amount', amount: '5.00' } },
  });
  await stepped(market, conceded.id, 'consent', a);
  const agreed = expectStatus(await raiseBucket(market, deal, a, 1, bytes(30)), 201).body;
  const buckets = [{ ...bucketAt(1), bytes: bytes(35) }];
  await stepped(market, agreed.id, 'propose', b, { body: { resolution: { kind: 'bytes', buckets } } });
  await stepped(market, agreed.id, 'consent', a);
  await accept(market, b, statement.id);
  await pay(market, deal);
  for (const { key } of [a, b])
    for (const end of ['pdf', 'journal', 'json'])
      expectStatus(await market.request('GET', `/v1/statements/${statement.id}.${end}`, { key }), 200);
  for (const verb of ['suspend', 'resume']) {
    const etag = (await market.request('GET', `/v1/agreements/${code}`, { key: a.key })).headers.get('etag')!;
    const path = `/v1/agreements/${code}/${verb}`;
    expectStatus(await market.request('POST', path, { key: a.key, headers: { 'If-Match': etag } }), 200);
  }
}

async function pay(market: Market, { code, a, b }: Deal): Promise<void> {
  const body = {
    agreement: code,
    payer: a.code,
    amount: '10.00',
    currency: 'USD',
    paidAt: '2025-04-20T00:00:00Z',
    reference: 'wire',
    statements: [],
  };
  const { id } = expectStatus(await market.request('POST', '/v1/payments', { key: a.key, body }), 201).body;
  const etag = (await market.request('GET', `/v1/payments/${id}`, { key: b.key })).headers.get('etag')!;
  const path = `/v1/payments/${id}/confirm`;
  expectStatus(await market.request('POST', path, { key: b.key, headers: { 'If-Match': etag } }), 200);
}

/** Accepts with a signature. */
async function accept(market: Market, party: Party, id: string): Promise<void> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const path = `/v1/providers/${party.code}/signing-keys`;
  const body = await exportJWK(publicKey);
  const { kid } = expectStatus(await market.request('POST', path, { key: party.key, body }), 201).body;
  const { bytes: json } = await market.request('GET', `/v1/statements/${id}.json`, { key: party.key });
  const jws = await new CompactSign(json).setProtectedHeader({ alg: 'EdDSA', kid }).sign(privateKey);
  const [header, , signature] = jws.split('.');
  const seen = await market.request('GET', `/v1/statements/${id}`, { key: party.key });
  const accepted = await market.request('POST', `/v1/statements/${id}/accept`, {
    key: party.key,
    body: { signature: `${header}..${signature}` },
    headers: { 'If-Match': seen.headers.get('etag')! },
  });
  expectStatus(accepted, 200);
}
