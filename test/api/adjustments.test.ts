import { expectProblem } from '../support/api.js';
import {
  expectStatus,
  hourly,
  PERIOD,
  startMarket,
  type Deal,
  type Market,
  type Party,
} from '../support/market.js';

let market: Market;
beforeAll(async () => {
  market = await startMarket({ worker: true });
});
afterAll(() => market?.close());

const TB = 10n ** 12n;
const PAID = { pricing: { model: 'linear', unit: 'TB', unitPrice: '20' } };
const terms = (aToB: object, more: object = {}) => ({
  backBillingMonths: 120,
  directions: { aToB, bToA: {} },
  ...more,
});

/** A record of both sides. */
async function report(deal: Deal, id: string, at: string, bytes: bigint, more: object = {}): Promise<void> {
  await market.take(deal, deal.a, [hourly(id, at, String(bytes), more)]);
  await market.take(deal, deal.b, [hourly(id, at, String(bytes), { ...more, direction: 'ingress' })]);
}

const get = async (path: string, { key }: Party) =>
  expectStatus(await market.request('GET', path, { key }), 200).body;
const adjustmentsOf = (statement: any) => statement.lines.filter(({ kind }: any) => kind === 'adjustment');
const creditsOf = async (statement: any, party: Party): Promise<any[]> =>
  (await get(`/v1/statements/${statement.id}/credits`, party)).data;

describe('late data', () => {
  it('is adjusted on the next statement, once: 60 TB charged at 20, then 40 more', async () => {
    const deal = await market.deal({ terms: terms(PAID) });
    await report(deal, 'r1', '05T00', 60n * TB);
    const march = await market.closePeriod(deal);
    expect(march).toMatchObject({ payableByA: '1200.00', closingBalance: '1200.00' });
    await report(deal, 'r2', '05T01', 40n * TB);
    const april = await market.closePeriod(deal, '2025-04');
    expect(april.lines).toEqual([
      expect.objectContaining({
        kind: 'adjustment',
        originalPeriod: PERIOD,
        originalKind: 'usage',
        cause: 'late',
        reference: march.number,
        direction: 'aToB',
        version: 1,
        bytes: String(40n * TB),
        quantity: '40',
        unit: 'TB',
        unitPrice: '20',
        amount: '800.00',
        payer: deal.a.code,
        payee: deal.b.code,
      }),
    ]);
    expect(april).toMatchObject({
      payableByA: '800.00',
      net: { amount: '800.00', payer: deal.a.code },
      openingBalance: '1200.00',
      closingBalance: '2000.00',
    });
    const may = await market.closePeriod(deal, '2025-05');
    expect(may).toMatchObject({ lines: [], openingBalance: '2000.00', closingBalance: '2000.00' });
    const balances = await get('/v1/balances', deal.b);
    expect(balances.data).toMatchObject([{ receivable: '2000.00' }]);
    const [{ id: lineId }] = april.lines;
    const explained = await get(`/v1/statements/${april.id}/lines/${lineId}/explanation`, deal.a);
    expect(explained).toMatchObject({
      term: { version: 1, pointer: '/terms/directions/aToB/pricing' },
      formula: [
        `${PERIOD} with all that is known, rated whole, minus all lines issued for it: 40 TB`,
        `it changes the statement ${march.number}`,
        'a difference of amounts rounded once each: 800.00 USD',
      ],
      buckets: { data: [{ settledBytes: String(60n * TB) }, { settledBytes: String(40n * TB) }] },
      records: { data: [{ id: 'r1' }, { id: 'r2' }] },
    });
  });

  it('that lowers a charge keeps payer and payee, turns the net, and is a correction', async () => {
    const deal = await market.deal({ terms: terms(PAID) });
    await report(deal, 'r1', '05T00', 60n * TB);
    await market.closePeriod(deal);
    await report(deal, 'r1', '05T00', 50n * TB, { revision: 1 });
    const preview = await get(`/v1/agreements/${deal.code}/periods/2025-04/preview`, deal.a);
    const balances = await get('/v1/balances', deal.a);
    expect(balances.data).toMatchObject([{ payable: '1200.00', unbilled: '200.00' }]);
    const april = await market.closePeriod(deal, '2025-04');
    expect(adjustmentsOf(april)).toMatchObject([
      {
        cause: 'correction',
        bytes: String(-10n * TB),
        quantity: '-10',
        amount: '-200.00',
        payer: deal.a.code,
      },
    ]);
    expect(april).toMatchObject({
      payableByA: '-200.00',
      net: { amount: '200.00', payer: deal.b.code, payee: deal.a.code },
      closingBalance: '1000.00',
    });
    expect(preview.lines).toEqual(april.lines.map(({ id: _, ...line }: any) => line));
  });

  it('stands apart from corrections of the same direction, whichever came first', async () => {
    const tiers = [
      { upTo: '70', unitPrice: '20' },
      { upTo: null, unitPrice: '10' },
    ];
    const deal = await market.deal({
      terms: terms({ pricing: { model: 'graduated', unit: 'TB', tiers } }),
    });
    await report(deal, 'r1', '05T00', 60n * TB);
    const march = await market.closePeriod(deal);
    await report(deal, 'r1', '05T00', 50n * TB, { revision: 1 });
    // What was not known at the last statement is late, and so are its revisions.
    await report(deal, 'r2', '05T01', 80n * TB);
    await report(deal, 'r2', '05T01', 30n * TB, { revision: 1 });
    const april = await market.closePeriod(deal, '2025-04');
    const of = ({ cause, reference, tier, bytes, amount }: any) => [cause, reference, tier, bytes, amount];
    expect(adjustmentsOf(april).map(of)).toEqual([
      ['late', march.number, 1, String(10n * TB), '200.00'],
      ['late', march.number, 2, String(20n * TB), '200.00'],
      ['correction', march.number, 2, String(-10n * TB), '-100.00'],
    ]);
    // From now on the late one is known.
    await report(deal, 'r2', '05T01', 40n * TB, { revision: 2 });
    const may = await market.closePeriod(deal, '2025-05');
    expect(adjustmentsOf(may).map(of)).toEqual([['correction', march.number, 2, String(10n * TB), '100.00']]);
  });

  it('that cancels out with a correction is shown with it', async () => {
    const deal = await market.deal({ terms: terms(PAID) });
    await report(deal, 'r1', '05T00', 60n * TB);
    await market.closePeriod(deal);
    await report(deal, 'r2', '05T01', 10n * TB);
    await report(deal, 'r1', '05T00', 50n * TB, { revision: 1 });
    const april = await market.closePeriod(deal, '2025-04');
    expect(adjustmentsOf(april).map(({ cause, amount }: any) => [cause, amount])).toEqual([
      ['late', '200.00'],
      ['correction', '-200.00'],
    ]);
    expect(april).toMatchObject({ payableByA: '0.00', closingBalance: '1200.00' });
  });

  it('a record that moves between issued periods corrects both', async () => {
    const deal = await market.deal({ terms: terms(PAID) });
    await report(deal, 'r1', '05T00', 60n * TB);
    await market.closePeriod(deal);
    await market.closePeriod(deal, '2025-04');
    const moved = { revision: 1, start: '2025-04-05T00:00:00Z', end: '2025-04-05T01:00:00Z' };
    await report(deal, 'r1', '05T00', 60n * TB, moved);
    const may = await market.closePeriod(deal, '2025-05');
    const of = ({ cause, originalPeriod, amount }: any) => [originalPeriod, cause, amount];
    expect(adjustmentsOf(may).map(of)).toEqual([
      [PERIOD, 'correction', '-1200.00'],
      ['2025-04', 'correction', '1200.00'],
    ]);
  });

  it('is rated whole: tiers, flat fees and commitments of the original period', async () => {
    const tiers = [
      { upTo: '50', unitPrice: '20' },
      { upTo: null, unitPrice: '10', flatFee: '7.00' },
    ];
    const aToB = { pricing: { model: 'volume', unit: 'TB', tiers } };
    const deal = await market.deal({
      terms: terms(aToB, { commitments: [{ party: 'A', amount: '1100.00' }] }),
    });
    await report(deal, 'r1', '05T00', 50n * TB);
    const march = await market.closePeriod(deal);
    expect(march.lines.map(({ kind, amount }: any) => [kind, amount])).toEqual([
      ['usage', '1000.00'],
      ['true_up', '100.00'],
    ]);
    await report(deal, 'r2', '05T01', 10n * TB);
    const april = await market.closePeriod(deal, '2025-04');
    const figures = ({ originalKind, tier, bytes, amount }: any) => [originalKind, tier, bytes, amount];
    // Volume: all 60 TB at 10, with the fee of the tier; the commitment then lacks 493.
    expect(adjustmentsOf(april).map(figures)).toEqual([
      ['usage', 1, String(-50n * TB), '-1000.00'],
      ['usage', 2, String(60n * TB), '600.00'],
      ['flat_fee', 2, null, '7.00'],
      ['true_up', null, null, '393.00'],
    ]);
    // Its own commitment knows nothing of adjustments.
    expect(april.lines.filter(({ kind }: any) => kind !== 'adjustment')).toMatchObject([
      { kind: 'true_up', amount: '1100.00' },
    ]);
  });

  it('of one period after another adds up to the period computed whole', async () => {
    const deal = await market.deal({ terms: terms(PAID) });
    await report(deal, 'r1', '05T00', 333_333_333_333n);
    const statements = [await market.closePeriod(deal)];
    for (const [n, period] of ['2025-04', '2025-05', '2025-06'].entries()) {
      await report(deal, `more-${n}`, `0${n + 6}T00`, 333_333_333_333n);
      statements.push(await market.closePeriod(deal, period));
    }
    const sum = statements.reduce((total, { payableByA }) => total + Math.round(Number(payableByA) * 100), 0);
    // 1.333333333332 TB at 20, rounded once.
    expect(sum).toBe(2667);
  });

  it('is carried anew when the statement that carried it is made void', async () => {
    const deal = await market.deal({ terms: terms(PAID) });
    await report(deal, 'r1', '05T00', 60n * TB);
    await market.closePeriod(deal);
    await report(deal, 'r2', '05T01', 40n * TB);
    const april = await market.closePeriod(deal, '2025-04');
    const voided = await market.request('POST', `/v1/statements/${april.id}/void`, {
      key: market.operatorKey,
      body: { reason: 'wrong' },
      headers: { 'If-Match': '*' },
    });
    if (voided.status >= 300) throw new Error(voided.text);
    const again = await market.closePeriod(deal, '2025-04');
    expect(again.number).not.toBe(april.number);
    expect(adjustmentsOf(again)).toMatchObject([{ amount: '800.00' }]);
    expect(again.closingBalance).toBe('2000.00');
  });
});

describe('an ended agreement', () => {
  it('issues a closing statement for what is left, and only for that', async () => {
    const deal = await market.deal({ terms: terms(PAID, { commitments: [{ party: 'A', amount: '9.00' }] }) });
    await report(deal, 'r1', '05T00', 60n * TB);
    const ended = await market.request('POST', `/v1/agreements/${deal.code}/terminate`, {
      key: deal.a.key,
      body: { lastPeriod: new Date().toISOString().slice(0, 7) },
      headers: { 'If-Match': '*' },
    });
    expectStatus(ended, 200);
    await market.database.query(`UPDATE agreements SET last_period = $2 WHERE code = $1`, [
      deal.code,
      PERIOD,
    ]);
    const close = (period: string) =>
      market.request('POST', `/v1/agreements/${deal.code}/periods/${period}/close`, {
        key: market.operatorKey,
      });
    expectProblem(await close('2025-04'), 409, 'nothing_to_close');
    await market.closePeriod(deal);
    expectProblem(await close('2025-04'), 409, 'nothing_to_close');
    await report(deal, 'r2', '05T01', 40n * TB);
    const closing = await market.closePeriod(deal, '2025-04');
    expect(closing.lines).toMatchObject([{ kind: 'adjustment', amount: '800.00' }]);
    expect(closing.closingBalance).toBe('2000.00');
    const verified = await market.request('POST', `/v1/statements/${closing.id}/verify`, { key: deal.a.key });
    expect((await market.job(verified.body.id)).result).toMatchObject({ matches: true, differences: [] });
    const restated = await get(`/v1/statements/${closing.id}/restatement`, deal.a);
    expect(restated).toMatchObject({ lines: [], net: { issued: '0.00', now: '0.00', difference: '0.00' } });
    expectProblem(await close('2025-05'), 409, 'nothing_to_close');
  });
});

describe('credits', () => {
  const FREE_50 = { zeroRating: { kind: 'allowance', quantity: '50', unit: 'TB' } };
  const prices = { a: [{ side: 'egress', unit: 'TB', unitPrice: '100' }] } as const;

  it('of one customer do not fall because another reports late', async () => {
    const deal = await market.deal({ terms: terms(FREE_50), prices: { a: [...prices.a] } });
    await report(deal, 'r1', '05T00', 40n * TB, { customer: 'c1' });
    await report(deal, 'r2', '05T01', 40n * TB, { customer: 'c2' });
    const march = await market.closePeriod(deal);
    const first = await creditsOf(march, deal.a);
    expect(first.map(({ customer, bytes, amount }) => [customer, bytes, amount])).toEqual([
      ['c1', String(25n * TB), '2500.00'],
      ['c2', String(25n * TB), '2500.00'],
    ]);
    await report(deal, 'r3', '05T02', 20n * TB, { customer: 'c3' });
    await market.take(deal, deal.a, [
      hourly('r2', '05T01', String(5n * TB), { customer: 'c2', revision: 1 }),
    ]);
    const april = await market.closePeriod(deal, '2025-04');
    // T is 50 TB still; c2 keeps 5, and 20 TB are shared by what c1 (15 TB) and c3 (20 TB) have not been credited.
    const credits = await creditsOf(april, deal.a);
    expect(
      credits.map(({ customer, bytes, period, refersTo }) => [customer, bytes, period, refersTo]),
    ).toEqual([
      ['c1', '8571428571429', PERIOD, first[0].id],
      ['c2', String(-20n * TB), PERIOD, first[1].id],
      ['c3', '11428571428571', PERIOD, null],
    ]);
    expect(credits.map(({ amount }) => amount)).toEqual(['857.14', '-2000.00', '1142.86']);
    const may = await market.closePeriod(deal, '2025-05');
    expect(await creditsOf(may, deal.a)).toEqual([]);
  });

  it('come for what had no price with the next statement after a price is given', async () => {
    const deal = await market.deal({ terms: terms({ zeroRating: { kind: 'all' } }), prices: {} });
    await report(deal, 'r1', '05T00', 2n * TB, { customer: 'c1' });
    const march = await market.closePeriod(deal);
    const [unpriced] = await creditsOf(march, deal.a);
    expect(unpriced).toMatchObject({ state: 'unpriced', bytes: String(2n * TB), amount: null });
    const price = { side: 'egress', unit: 'TB', unitPrice: '100', from: '2025-01-01T00:00:00Z' } as const;
    expectStatus(await market.addPrices(deal.a, [price]), 201);
    const april = await market.closePeriod(deal, '2025-04');
    expect(await creditsOf(april, deal.a)).toMatchObject([
      { state: 'unpriced', bytes: String(-2n * TB), refersTo: unpriced.id },
      { state: 'credited', bytes: String(2n * TB), amount: '200.00', refersTo: unpriced.id },
    ]);
    expect(april.lines).toEqual([]);
  });
});
