import { LedgerService } from '../../src/ledger/index.js';
import { PERIOD, startMarket, type Market } from '../support/market.js';
import {
  bucketAt,
  bytes,
  CHARGED,
  issued,
  position,
  raiseBucket,
  raised,
  stepped,
  type Disputable,
} from './disputes-support.js';

const [NEXT, AFTER] = ['2025-04', '2025-05'];

let market: Market;

beforeAll(async () => {
  market = await startMarket({ worker: true });
});

afterAll(async () => {
  const verified = await market.acting(LedgerService).verify();
  await market.close();
  expect(verified).toMatchObject({ ok: true });
});

const closed = (case_: Disputable, period: string): Promise<any> => market.closePeriod(case_.deal, period);

describe('what a dispute comes to is on the next statement, once', () => {
  it('an amount conceded, which lowers the charge', async () => {
    const case_ = await issued(market);
    const { a, b } = case_.deal;
    const { id } = await raised(market, case_, a);
    await stepped(market, id, 'propose', b, { body: { resolution: { kind: 'amount', amount: '25.00' } } });
    await stepped(market, id, 'consent', a);
    const next = await closed(case_, NEXT);
    expect(next.lines).toMatchObject([
      {
        kind: 'adjustment',
        originalPeriod: PERIOD,
        cause: 'dispute',
        reference: id,
        direction: 'aToB',
        amount: '-25.00',
        payer: a.code,
        payee: b.code,
      },
    ]);
    expect(next).toMatchObject({ payableByA: '-25.00', openingBalance: '100.00', closingBalance: '75.00' });
    expect(next.openDisputes).toEqual([]);
    expect((await closed(case_, AFTER)).lines).toEqual([]);
    expect(await position(market, a)).toEqual(['75.00', '0.00', '0.00', '0.00']);
    const before = await market.request('GET', `/v1/statements/${case_.statement.id}`, { key: a.key });
    expect(before.body).toMatchObject({ lines: case_.statement.lines, sha256: case_.statement.sha256 });
  });

  it('an amount conceded, which raises it', async () => {
    const case_ = await issued(market);
    const { a, b } = case_.deal;
    const { id } = await raised(market, case_, b, { claimedAmount: '130.00' });
    await stepped(market, id, 'propose', b, { body: { resolution: { kind: 'amount', amount: '30.00' } } });
    await stepped(market, id, 'consent', a);
    const next = await closed(case_, NEXT);
    expect(next.lines).toMatchObject([{ kind: 'adjustment', amount: '30.00', payer: a.code, reference: id }]);
    expect(next.closingBalance).toBe('130.00');
  });

  it('agreed bytes, rated with the whole period', async () => {
    const case_ = await issued(market, [
      [100, 100],
      [50, 30],
    ]);
    const { a, b } = case_.deal;
    const { id } = (await raiseBucket(market, case_.deal, a, 1, bytes(30))).body;
    const resolution = { kind: 'bytes', buckets: [{ ...bucketAt(1), bytes: bytes(35) }] };
    await stepped(market, id, 'propose', b, { body: { resolution } });
    await stepped(market, id, 'consent', a);
    const next = await closed(case_, NEXT);
    expect(next.lines).toMatchObject([
      { kind: 'adjustment', originalPeriod: PERIOD, cause: 'dispute', reference: id, amount: '-15.00' },
    ]);
    expect(next.closingBalance).toBe('135.00');
    expect((await closed(case_, AFTER)).lines).toEqual([]);
  });

  it.each(['no change', 'withdrawn'])('nothing when it was %s', async (outcome) => {
    const case_ = await issued(market);
    const { a, b } = case_.deal;
    const { id } = await raised(market, case_, a);
    if (outcome === 'withdrawn') await stepped(market, id, 'withdraw', a);
    else {
      await stepped(market, id, 'propose', b);
      await stepped(market, id, 'consent', a);
    }
    const next = await closed(case_, NEXT);
    expect(next).toMatchObject({ lines: [], openingBalance: '100.00', closingBalance: '100.00' });
  });
});

describe('a statement', () => {
  it('names the disputes that are open at its issue, with what they withhold', async () => {
    const case_ = await issued(market, [
      [100, 100],
      [50, 30],
    ]);
    const { a, b } = case_.deal;
    const first = await raised(market, case_, a, { claimedAmount: '110.00' });
    const second = (await raiseBucket(market, case_.deal, b, 1, bytes(30))).body;
    const third = await raised(market, case_, b, { claimedAmount: '200.00' });
    await stepped(market, second.id, 'escalate', a);
    await stepped(market, third.id, 'withdraw', b);
    const next = await closed(case_, NEXT);
    const common = { statement: case_.statement.number, period: PERIOD };
    expect(next.openDisputes).toEqual([
      {
        id: first.id,
        state: 'raised',
        ...common,
        reason: 'volume',
        raisedBy: a.code,
        disputedAmount: '40.00',
        withheldAmount: '40.00',
      },
      {
        id: second.id,
        state: 'escalated',
        ...common,
        reason: 'missing_declaration',
        raisedBy: b.code,
        disputedAmount: '20.00',
        withheldAmount: '0.00',
      },
    ]);
    // What is withheld is still owed: it moves neither balance.
    expect(next).toMatchObject({ openingBalance: '150.00', closingBalance: '150.00' });
    expect(await position(market, a)).toEqual(['110.00', '40.00', '0.00', '0.00']);
    await stepped(market, first.id, 'withdraw', a);
    expect(await position(market, a)).toEqual(['130.00', '20.00', '0.00', '0.00']);
  });

  it('can be disputed for what it adjusts of an earlier one, and what it gives back is withheld the other way', async () => {
    const case_ = await issued(market);
    const { a, b } = case_.deal;
    const first = await raised(market, case_, a);
    await stepped(market, first.id, 'propose', b, {
      body: { resolution: { kind: 'amount', amount: '25.00' } },
    });
    await stepped(market, first.id, 'consent', a);
    const next = await closed(case_, NEXT);
    const ofNext = { ...case_, statement: next, lineId: next.lines[0].id };
    const dispute = await raised(market, ofNext, b, { claimedAmount: '-10.00' });
    expect(dispute).toMatchObject({ period: PERIOD, disputedAmount: '15.00', withheldAmount: '15.00' });
    expect(await position(market, a)).toEqual(['90.00', '-15.00', '0.00', '0.00']);
    await stepped(market, dispute.id, 'propose', b, {
      body: { resolution: { kind: 'amount', amount: '5.00' } },
    });
    await stepped(market, dispute.id, 'consent', a);
    expect(await position(market, a)).toEqual(['75.00', '0.00', '0.00', '0.00']);
    expect((await closed(case_, AFTER)).lines).toMatchObject([{ amount: '5.00', originalPeriod: PERIOD }]);
    expect(await position(market, a)).toEqual(['80.00', '0.00', '0.00', '0.00']);
  });

  it('that is disputed cannot be made void; once made void, it cannot be disputed', async () => {
    const case_ = await issued(market);
    const path = `/v1/statements/${case_.statement.id}`;
    const void_ = async () => {
      const { headers } = await market.request('GET', path, { key: market.operatorKey });
      return market.request('POST', `${path}/void`, {
        key: market.operatorKey,
        headers: { 'If-Match': headers.get('etag')! },
        body: { reason: 'a wrong rate' },
      });
    };
    const { id } = await raised(market, case_, case_.deal.a);
    expect((await void_()).body.code).toBe('statement_disputed');
    await stepped(market, id, 'withdraw', case_.deal.a);
    const voided = await void_();
    expect(voided.status).toBe(200);
    const again = await market.request('POST', '/v1/disputes', {
      key: case_.deal.a.key,
      body: { statement: case_.statement.id, line: case_.lineId, reason: 'rate', claimedAmount: '1.00' },
    });
    expect(again.body.code).toBe('statement_void');
  });
});

describe('terms', () => {
  it('decide which claims there are: the flat fee has no bytes of its own', async () => {
    const pricing = {
      model: 'graduated',
      unit: 'GB',
      tiers: [{ upTo: null, unitPrice: '1.00', flatFee: '7.00' }],
    };
    const case_ = await issued(market, [[100, 100]], {
      terms: { ...CHARGED, directions: { aToB: { pricing } } },
    });
    const fee = case_.statement.lines.find(({ kind }: { kind: string }) => kind === 'flat_fee');
    const ofFee = { ...case_, lineId: fee.id };
    await expect(raised(market, ofFee, case_.deal.a, { claimedBytes: '1' })).rejects.toThrow(
      'priced by bytes',
    );
    const dispute = await raised(market, ofFee, case_.deal.a, { claimedAmount: '0.00' });
    expect(dispute).toMatchObject({ disputedAmount: '7.00', withheldAmount: '7.00' });
  });
});
