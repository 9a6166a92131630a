import { LedgerService } from '../../src/ledger/index.js';
import { expectProblem } from '../support/api.js';
import { expectStatus, startMarket, type Deal, type Market, type Party } from '../support/market.js';

const MONTHS = ['2025-03', '2025-04', '2025-05'];
const GROSS = {
  directions: {
    aToB: { pricing: { model: 'linear', unit: 'GB', unitPrice: '1' } },
    bToA: { pricing: { model: 'linear', unit: 'GB', unitPrice: '1' } },
  },
};

let market: Market;

beforeAll(async () => {
  market = await startMarket({ worker: true });
});

afterAll(() => market.close());

interface PaymentBody {
  amount: string;
  payer?: Party;
  statements?: string[];
  currency?: string;
  paidAt?: string;
}

/** A deal with priced traffic; each pair is what A and then B owes for a month, in whole dollars. */
async function closedMonths(
  owed: [number, number][],
  terms: object = {},
): Promise<{ deal: Deal; ids: string[] }> {
  const deal = await market.deal({ terms: { ...GROSS, ...terms } });
  const ids: string[] = [];
  for (const [index, [a, b]] of owed.entries()) {
    const month = MONTHS[index]!;
    const at = { start: `${month}-05T00:00:00Z`, end: `${month}-05T01:00:00Z` };
    const flow = (from: Party, to: Party, id: string, gigabytes: number) => [
      [from, { ...at, id, direction: 'egress', bytes: String(gigabytes * 1e9) }] as const,
      [to, { ...at, id, direction: 'ingress', bytes: String(gigabytes * 1e9) }] as const,
    ];
    for (const [party, record] of [
      ...flow(deal.a, deal.b, `ab-${month}`, a),
      ...flow(deal.b, deal.a, `ba-${month}`, b),
    ]) {
      await market.take(deal, party, [record]);
    }
    ids.push((await market.closePeriod(deal, month)).id);
  }
  return { deal, ids };
}

async function record(deal: Deal, body: PaymentBody, key = (body.payer ?? deal.a).key) {
  const { payer = deal.a, ...rest } = body;
  return market.request('POST', '/v1/payments', {
    key,
    body: {
      agreement: deal.code,
      payer: payer.code,
      currency: 'USD',
      paidAt: '2025-07-01T00:00:00Z',
      reference: 'wire 1',
      ...rest,
    },
  });
}

const step = (id: string, what: 'confirm' | 'reverse', key: string, body?: object) =>
  market.request('POST', `/v1/payments/${id}/${what}`, { key, ...(body && { body }) });

/** Records and confirms. */
async function pay(deal: Deal, body: PaymentBody): Promise<string> {
  const { id } = expectStatus(await record(deal, body), 201).body;
  const payee = body.payer === deal.b ? deal.a : deal.b;
  expectStatus(await step(id, 'confirm', payee.key), 200);
  return id;
}

async function accept(deal: Deal, id: string): Promise<void> {
  for (const { key } of [deal.a, deal.b]) {
    const { headers } = await market.request('GET', `/v1/statements/${id}`, { key });
    const match = { 'If-Match': headers.get('etag')! };
    expectStatus(await market.request('POST', `/v1/statements/${id}/accept`, { key, headers: match }), 200);
  }
}

async function statesOf(deal: Deal, ids: readonly string[]): Promise<string[]> {
  const states: string[] = [];
  for (const id of ids)
    states.push((await market.request('GET', `/v1/statements/${id}`, { key: deal.a.key })).body.state);
  return states;
}

/** A's balance, and that B's mirrors it. */
async function balance(deal: Deal): Promise<{ receivable: string; payable: string; net: string }> {
  const of = async (key: string) => (await market.request('GET', '/v1/balances', { key })).body.data[0];
  const [a, b] = [await of(deal.a.key), await of(deal.b.key)];
  expect([b.receivable, b.payable]).toEqual([a.payable, a.receivable]);
  expect(BigInt(b.net.replace('.', ''))).toBe(-BigInt(a.net.replace('.', '')));
  return { receivable: a.receivable, payable: a.payable, net: a.net };
}

async function expectSoundBooks(): Promise<void> {
  expect(await market.acting(LedgerService).verify()).toMatchObject({ ok: true });
}

describe('a payment', () => {
  let deal: Deal;
  let ids: string[];
  beforeAll(async () => {
    ({ deal, ids } = await closedMonths([[100, 0]]));
    await accept(deal, ids[0]!);
  });

  it('is recorded by its payer, changes nothing until the payee confirms it, and can be reversed', async () => {
    const recorded = expectStatus(await record(deal, { amount: '100' }), 201);
    expect(recorded.headers.get('location')).toBe(`/v1/payments/${recorded.body.id}`);
    expect(recorded.body).toEqual({
      id: expect.any(String),
      agreement: deal.code,
      payer: deal.a.code,
      payee: deal.b.code,
      amount: '100.00',
      currency: 'USD',
      paidAt: '2025-07-01T00:00:00Z',
      reference: 'wire 1',
      statements: [],
      state: 'recorded',
      recordedAt: expect.any(String),
      recordedBy: deal.a.code,
      confirmedAt: null,
      confirmedBy: null,
      reversedAt: null,
      reversedBy: null,
      reversalReason: null,
    });
    const { id } = recorded.body;
    expect(await balance(deal)).toMatchObject({ payable: '100.00' });
    expectProblem(await step(id, 'confirm', deal.a.key), 403, 'not_the_payee');
    const confirmed = expectStatus(await step(id, 'confirm', deal.b.key), 200);
    expect(confirmed.body).toMatchObject({ state: 'confirmed', confirmedBy: deal.b.code });
    expect(expectStatus(await step(id, 'confirm', market.operatorKey), 200).body).toEqual(confirmed.body);
    expect(await balance(deal)).toEqual({ receivable: '0.00', payable: '0.00', net: '0.00' });
    expect(await statesOf(deal, ids)).toEqual(['settled']);
    expectProblem(await step(id, 'reverse', deal.a.key), 403, 'not_the_payee');
    const reversed = expectStatus(await step(id, 'reverse', deal.b.key, { reason: 'it bounced' }), 200);
    expect(reversed.body).toMatchObject({ state: 'reversed', reversalReason: 'it bounced' });
    expect(expectStatus(await step(id, 'reverse', deal.b.key), 200).body).toEqual(reversed.body);
    expect(await balance(deal)).toMatchObject({ payable: '100.00' });
    expect(await statesOf(deal, ids)).toEqual(['accepted']);
    expectProblem(await step(id, 'confirm', deal.b.key), 409, 'payment_reversed');
    await expectSoundBooks();
  });

  it('that nobody confirmed is withdrawn by its payer, and posts nothing', async () => {
    const { id } = expectStatus(await record(deal, { amount: '5' }), 201).body;
    expectProblem(await step(id, 'reverse', deal.b.key), 403, 'not_the_payer');
    expect(expectStatus(await step(id, 'reverse', deal.a.key), 200).body).toMatchObject({
      state: 'reversed',
      confirmedAt: null,
    });
    const query = `source=${id}`;
    expect(
      (await market.request('GET', `/v1/ledger/entries?${query}`, { key: deal.a.key })).body.data,
    ).toEqual([]);
  });

  it('is confirmed only as it was seen, where If-Match says so, and so again where the answer was lost', async () => {
    const { id } = expectStatus(await record(deal, { amount: '5' }), 201).body;
    const seen = await market.request('GET', `/v1/payments/${id}`, { key: deal.b.key });
    const as = { key: deal.b.key, headers: { 'If-Match': seen.headers.get('etag')! } };
    for (const _ of [1, 2]) expectStatus(await market.request('POST', `/v1/payments/${id}/confirm`, as), 200);
    expectStatus(await step(id, 'reverse', deal.b.key), 200);
    expectProblem(await market.request('POST', `/v1/payments/${id}/confirm`, as), 412, 'precondition_failed');
  });

  it.each<[string, Partial<PaymentBody>, string]>([
    ['another currency', { currency: 'EUR' }, '/currency'],
    ['more decimals than the currency has', { amount: '1.001' }, '/amount'],
    ['nothing', { amount: '0.00' }, '/amount'],
    ['the future', { paidAt: '2999-01-01T00:00:00Z' }, '/paidAt'],
    ['an unknown statement', { statements: ['none'] }, '/statements/0'],
  ])('of %s is refused', async (_, change, pointer) => {
    const answer = await record(deal, { amount: '1', ...change });
    expectProblem(answer, 422, 'validation_failed');
    expect(answer.body.errors).toMatchObject([{ pointer }]);
  });

  it('is recorded by nobody else, and does not exist for strangers', async () => {
    expectProblem(await record(deal, { amount: '1' }, deal.b.key), 403, 'not_the_payer');
    const { a: stranger } = await market.deal();
    expectProblem(await record(deal, { amount: '1' }, stranger.key), 404, 'unknown_agreement');
    const { id } = expectStatus(await record(deal, { amount: '1' }, market.operatorKey), 201).body;
    for (const [method, path] of [
      ['GET', ''],
      ['POST', '/confirm'],
      ['POST', '/reverse'],
    ] as const)
      expectProblem(
        await market.request(method, `/v1/payments/${id}${path}`, { key: stranger.key }),
        404,
        'payment_not_found',
      );
    const list = async (key: string, query = '') =>
      (await market.request('GET', `/v1/payments?agreement=${deal.code}${query}`, { key })).body.data;
    expect(await list(stranger.key)).toEqual([]);
    expect((await list(deal.b.key))[0]).toMatchObject({ id, recordedBy: 'operator' });
    expect(await list(deal.a.key, `&payer=${deal.b.code}`)).toEqual([]);
    expect(await list(deal.a.key, '&state=recorded')).toMatchObject([{ id }]);
  });

  it('recorded again with its key is the same one', async () => {
    const headers = { 'Idempotency-Key': 'once' };
    const body = {
      agreement: deal.code,
      payer: deal.a.code,
      amount: '2.00',
      currency: 'USD',
      paidAt: '2025-07-01T00:00:00Z',
      reference: 'wire 2',
    };
    const send = () => market.request('POST', '/v1/payments', { key: deal.a.key, headers, body });
    const [first, second] = [await send(), await send()];
    expect(second.body.id).toBe(first.body.id);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
  });
});

describe('payments of several statements', () => {
  it('settle the oldest first, in part, too much, and carry the rest into the next statement', async () => {
    const { deal, ids } = await closedMonths([
      [100, 0],
      [50, 0],
    ]);
    for (const id of ids) await accept(deal, id);
    await pay(deal, { amount: '60.00' });
    expect(await statesOf(deal, ids)).toEqual(['accepted', 'accepted']);
    await pay(deal, { amount: '60.00' });
    expect(await statesOf(deal, ids)).toEqual(['settled', 'accepted']);
    const last = await pay(deal, { amount: '50.00' });
    expect(await statesOf(deal, ids)).toEqual(['settled', 'settled']);
    expect(await balance(deal)).toMatchObject({ payable: '-20.00', net: '20.00' });
    const month = MONTHS[2]!;
    const at = { start: `${month}-05T00:00:00Z`, end: `${month}-05T01:00:00Z`, bytes: '15000000000' };
    await market.take(deal, deal.a, [{ ...at, id: 'x', direction: 'egress' }]);
    await market.take(deal, deal.b, [{ ...at, id: 'x', direction: 'ingress' }]);
    const third = await market.closePeriod(deal, month);
    expect(third).toMatchObject({
      openingBalance: '150.00',
      paymentsSince: '170.00',
      net: { amount: '15.00', payer: deal.a.code },
      closingBalance: '-5.00',
    });
    // Paid by the credit balance; accepted it is settled.
    expect(await statesOf(deal, [third.id])).toEqual(['issued']);
    await accept(deal, third.id);
    expect(await statesOf(deal, [third.id])).toEqual(['settled']);
    expectStatus(await step(last, 'reverse', deal.b.key), 200);
    expect(await statesOf(deal, [...ids, third.id])).toEqual(['settled', 'accepted', 'accepted']);
    await expectSoundBooks();
  });

  it('settle the statements that they name', async () => {
    const { deal, ids } = await closedMonths([
      [100, 0],
      [50, 0],
    ]);
    for (const id of ids) await accept(deal, id);
    await pay(deal, { amount: '50', statements: [ids[1]!] });
    expect(await statesOf(deal, ids)).toEqual(['accepted', 'settled']);
  });

  it('offset both ways first where the agreement nets', async () => {
    const { deal, ids } = await closedMonths([[100, 30]]);
    await accept(deal, ids[0]!);
    const id = await pay(deal, { amount: '70' });
    expect(await balance(deal)).toEqual({ receivable: '0.00', payable: '0.00', net: '0.00' });
    expect(await statesOf(deal, ids)).toEqual(['settled']);
    expectStatus(await step(id, 'reverse', market.operatorKey), 200);
    expect(await balance(deal)).toEqual({ receivable: '30.00', payable: '100.00', net: '-70.00' });
    expect(await statesOf(deal, ids)).toEqual(['accepted']);
  });

  it('do not where it does not', async () => {
    const { deal, ids } = await closedMonths([[100, 30]], { netting: false });
    await accept(deal, ids[0]!);
    await pay(deal, { amount: '100' });
    expect(await balance(deal)).toEqual({ receivable: '30.00', payable: '0.00', net: '30.00' });
    expect(await statesOf(deal, ids)).toEqual(['accepted']);
    await pay(deal, { amount: '30', payer: deal.b });
    expect(await statesOf(deal, ids)).toEqual(['settled']);
  });

  it('give an overpayment back', async () => {
    const { deal } = await closedMonths([[100, 0]]);
    await pay(deal, { amount: '120' });
    await pay(deal, { amount: '20', payer: deal.b });
    expect(await balance(deal)).toEqual({ receivable: '0.00', payable: '0.00', net: '0.00' });
    await expectSoundBooks();
  });

  it('before there is any statement count for the first', async () => {
    const deal = await market.deal({ terms: GROSS });
    await pay(deal, { amount: '40' });
    expect(await balance(deal)).toMatchObject({ payable: '-40.00', net: '40.00' });
    const statement = await market.closePeriod(deal, MONTHS[0]);
    expect(statement).toMatchObject({
      openingBalance: '0.00',
      paymentsSince: '40.00',
      closingBalance: '-40.00',
    });
  });
});

describe('a statement that is paid in part', () => {
  it('is not made void until that payment is reversed', async () => {
    const { deal, ids } = await closedMonths([[100, 0]]);
    const id = await pay(deal, { amount: '40' });
    const voiding = async () => {
      const path = `/v1/statements/${ids[0]}`;
      const { headers } = await market.request('GET', path, { key: market.operatorKey });
      const match = { 'If-Match': headers.get('etag')! };
      const body = { reason: 'wrong rate' };
      return market.request('POST', `${path}/void`, { key: market.operatorKey, headers: match, body });
    };
    expectProblem(await voiding(), 409, 'statement_partly_paid');
    expectStatus(await step(id, 'reverse', deal.b.key), 200);
    expectStatus(await voiding(), 200);
  });
});

describe('a statement that gives back', () => {
  async function lowered(netting: boolean): Promise<{ deal: Deal; ids: string[] }> {
    const { deal, ids } = await closedMonths([[100, 0]], { backBillingMonths: 120, netting });
    await accept(deal, ids[0]!);
    const at = { start: `${MONTHS[0]}-05T00:00:00Z`, end: `${MONTHS[0]}-05T01:00:00Z` };
    const record = { ...at, id: `ab-${MONTHS[0]}`, bytes: String(70e9), revision: 1 };
    await market.take(deal, deal.a, [{ ...record, direction: 'egress' }]);
    await market.take(deal, deal.b, [{ ...record, direction: 'ingress' }]);
    return { deal, ids };
  }

  async function closeNext(deal: Deal, ids: string[]): Promise<any> {
    const statement = await market.closePeriod(deal, MONTHS[ids.length]);
    ids.push(statement.id);
    await accept(deal, statement.id);
    return statement;
  }

  it('pays what is open before it, and is settled with that', async () => {
    const { deal, ids } = await lowered(true);
    expect(await closeNext(deal, ids)).toMatchObject({ payableByA: '-30.00' });
    expect(await statesOf(deal, ids)).toEqual(['accepted', 'settled']);
    await pay(deal, { amount: '70' });
    expect(await statesOf(deal, ids)).toEqual(['settled', 'settled']);
  });

  it.each([true, false])('stays open until what it gives is paid back (netting: %s)', async (netting) => {
    const { deal, ids } = await lowered(netting);
    await pay(deal, { amount: '100' });
    await closeNext(deal, ids);
    expect(await statesOf(deal, ids)).toEqual(['settled', 'accepted']);
    expect(await balance(deal)).toMatchObject({ payable: '-30.00', net: '30.00' });
    const back = await pay(deal, { payer: deal.b, amount: '30' });
    expect(await statesOf(deal, ids)).toEqual(['settled', 'settled']);
    await step(back, 'reverse', deal.a.key);
    expect(await statesOf(deal, ids)).toEqual(['settled', 'accepted']);
  });

  it('can be disputed by who gives, and shows what is kept back', async () => {
    const { deal, ids } = await lowered(true);
    const { id: statement, lines } = await market.closePeriod(deal, MONTHS[1]);
    const body = { statement, line: lines[0].id, reason: 'volume', claimedAmount: '-10.00' };
    expectStatus(await market.request('POST', '/v1/disputes', { key: deal.b.key, body }), 201);
    const seen = await market.request('GET', `/v1/statements/${statement}`, { key: deal.a.key });
    expect(seen.body).toMatchObject({ state: 'disputed', withheldByA: '-20.00', withheldByB: '0.00' });
    await pay(deal, { amount: '90' });
    expect(await statesOf(deal, ids)).toEqual(['settled']);
  });
});

describe('steps at once', () => {
  it('two confirmations post once', async () => {
    const { deal } = await closedMonths([[100, 0]]);
    const { id } = expectStatus(await record(deal, { amount: '100' }), 201).body;
    const keys = [deal.b.key, market.operatorKey, deal.b.key, market.operatorKey];
    const answers = await Promise.all(keys.map((key) => step(id, 'confirm', key)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await balance(deal)).toMatchObject({ payable: '0.00' });
  });

  it('a confirmation and a reversal leave either nothing or both', async () => {
    const { deal } = await closedMonths([[100, 0]]);
    for (let round = 0; round < 5; round += 1) {
      const { id } = expectStatus(await record(deal, { amount: '100' }), 201).body;
      const [confirmed, reversed] = await Promise.all([
        step(id, 'confirm', market.operatorKey),
        step(id, 'reverse', market.operatorKey),
      ]);
      expect([200, 409]).toContain(confirmed.status);
      expect(reversed.status).toBe(200);
      expect(await balance(deal)).toMatchObject({ payable: '100.00' });
    }
    await expectSoundBooks();
  });

  it('payments while a month is closed are in one of both', async () => {
    const { deal } = await closedMonths([[100, 0]]);
    const ids: string[] = [];
    for (const amount of ['10', '20', '30'])
      ids.push(expectStatus(await record(deal, { amount }), 201).body.id);
    const [statement] = await Promise.all([
      market.closePeriod(deal, MONTHS[1]),
      ...ids.map((id) => step(id, 'confirm', deal.b.key)),
    ]);
    const next = await market.closePeriod(deal, MONTHS[2]);
    expect(Number(statement.paymentsSince) + Number(next.paymentsSince)).toBe(60);
    expect(next.closingBalance).toBe('40.00');
  });
});

describe('GET /v1/netting', () => {
  it('proposes to the operator the fewest payments that clear everybody, and changes nothing', async () => {
    const before = (await market.request('GET', '/v1/netting?currency=USD', { key: market.operatorKey }))
      .body;
    const { deal } = await closedMonths([[100, 30]]);
    const { body } = await market.request('GET', '/v1/netting?currency=USD', { key: market.operatorKey });
    const [usd] = body.data;
    expect(usd).toMatchObject({ currency: 'USD', conserved: true });
    const open = (provider: string) =>
      usd.positions.find((each: { provider: string }) => each.provider === provider);
    expect([open(deal.a.code).net, open(deal.b.code).net]).toEqual(['-70.00', '70.00']);
    expect(usd.payments.length).toBeLessThan(usd.positions.length);
    const after = await market.request('GET', '/v1/netting?currency=USD', { key: market.operatorKey });
    expect(after.body.data).toEqual(body.data);
    expect(before.data).not.toEqual(body.data);
    expectProblem(await market.request('GET', '/v1/netting', { key: deal.a.key }), 403, 'insufficient_scope');
  });
});
