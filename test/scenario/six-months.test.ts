import { LedgerService } from '../../src/ledger/index.js';
import type { Market } from '../support/market.js';
import { Random } from '../support/random.js';
import {
  NORTH_SOUTH,
  NORTH_SOUTH_PLAN,
  PERIODS,
  prices,
  SOUTH_WEST,
  southWestPlan,
  WEST_ISLE,
  westIslePlan,
} from './agreements.js';
import { startScheduledMarket, type ScheduledMarket } from './clock.js';
import { checkJournals, hasHledger } from './journals.js';
import { Books } from './oracle/books.js';
import { bucketsOf, monthOf } from './oracle/calendar.js';
import { centsOf, money } from './oracle/fraction.js';
import type { ListPrice } from './oracle/credit.js';
import type { Report } from './oracle/reports.js';
import type { Flow, Party } from './oracle/terms.js';
import { checkInstants } from './instants.js';
import { payTooMuch, payWithNetting, payWithoutNetting } from './payments.js';
import { asListed, Peering } from './peering.js';
import { mirrored, owedBy } from './positions.js';
import { latePair, monthOfTraffic, type Sides, type TrafficPlan } from './traffic.js';

/*
 * Six months of four clouds and their three agreements, from records to statements, credits, disputes, payments
 * and books, through the API alone. Time passes by the scheduler's own tasks on a clock set forward. Each statement and each credit is held against
 * what an oracle of its own computes from the same records (see oracle/README.md).
 */

/** Another story is had with another seed. */
const SEED = Number(process.env.SCENARIO_SEED ?? 20_251_001);
const [OCTOBER, NOVEMBER, DECEMBER, JANUARY, FEBRUARY, MARCH] = PERIODS;

const random = new Random(SEED);
let market: Market;
let north: Peering;
let west: Peering;
/** In yen, with a cloud that has no prices at first. */
let isle: Peering;
let itIs: ScheduledMarket['itIs'];
/** What was sent, by agreement and period, so that it can be revised. */
const sent = new Map<Peering, Map<string, Sides>>();

beforeAll(async () => {
  ({ market, itIs } = await startScheduledMarket());
  const clouds = {
    north: await market.provider('north'),
    south: await market.provider('south'),
    west: await market.provider('west'),
    isle: await market.provider('isle'),
  };
  const lists = {
    north: prices('0.05', '0.012'),
    south: prices('0.042', '0.0115'),
    west: prices('0.0333', '0.01'),
  };
  for (const name of ['north', 'south', 'west'] as const) {
    const body = { prices: asListed(lists[name]) };
    const path = `/v1/providers/${name}/list-prices`;
    const answer = await market.request('POST', path, { key: clouds[name].key, body });
    expect(answer.status).toBe(201);
  }
  type Name = keyof typeof clouds;
  const make = async (code: string, A: Name, B: Name, books: Books, currency?: string) => {
    if (A !== 'isle') books.price('A', lists[A]);
    if (B !== 'isle') books.price('B', lists[B]);
    return Peering.make(market, code, { A: clouds[A], B: clouds[B] }, books, currency);
  };
  north = await make('north-south', 'north', 'south', new Books('Europe/Zurich'));
  west = await make('south-west', 'south', 'west', new Books('Australia/Lord_Howe'));
  isle = await make('west-isle', 'west', 'isle', new Books('Asia/Kathmandu', 0), 'JPY');
  // Without a list, ingress is free of charge, and egress has no price.
  isle.books.price('B', [{ side: 'ingress', unit: 'GB', unitPrice: '0', from: -Infinity }]);
  await north.agree(...NORTH_SOUTH[0]!);
  await west.agree(...SOUTH_WEST[0]!);
  await isle.agree(...WEST_ISLE[0]!);
});

afterAll(() => market.close());

/** A test that needs hledger. */
const hledger = hasHledger() ? it : it.skip;

function planOf(peering: Peering, period: string): TrafficPlan {
  if (peering === north) return NORTH_SOUTH_PLAN;
  return peering === west ? southWestPlan(period) : westIslePlan(period);
}

/** Both parties report a month, each in an order of its own. */
async function report(peering: Peering, period: string): Promise<void> {
  const sides = monthOfTraffic(random, period, peering.books.timezone, planOf(peering, period));
  const known = sent.get(peering) ?? new Map<string, Sides>();
  sent.set(peering, known.set(period, sides));
  await peering.sendBoth({ A: random.shuffled(sides.A), B: random.shuffled(sides.B) });
}

/** Records of a month that a party sent, and that lie in it whole. */
function some(peering: Peering, period: string, party: Party, count: number): Report[] {
  const { start, end } = monthOf(period, peering.books.timezone);
  const inside = sent
    .get(peering)!
    .get(period)!
    [party].filter((each) => each.start >= start && each.end <= end);
  return random.shuffled(inside).slice(0, count);
}

/** Pairs of records in hours of a month, under ids of their own. */
async function sendLate(peering: Peering, period: string, name: string, count: number): Promise<void> {
  const plan = planOf(peering, period);
  const starts = bucketsOf(period, plan.slot, peering.books.timezone);
  for (const flow of ['aToB', 'bToA'] as const) {
    const sides: Sides = { A: [], B: [] };
    for (let n = 0; n < count; n += 1) {
      const start = starts[1 + random.below(starts.length - 3)]!;
      const pair = latePair(random, `${period}-${name}-${flow}-${n}`, flow, start, plan);
      sides.A.push(...pair.A);
      sides.B.push(...pair.B);
    }
    await peering.sendBoth(sides);
  }
}

const lineOf = (statement: any, kind: string, direction: Flow | null = null): any =>
  statement.lines.find(
    (line: any) => line.kind === kind && (direction === null || line.direction === direction),
  );

/** The isle, which had none, makes a list. */
async function pricesOfIsle(list: readonly ListPrice[]): Promise<void> {
  const { code, key } = isle.clouds.B;
  const body = { prices: asListed(list) };
  const answer = await market.request('POST', `/v1/providers/${code}/list-prices`, { key, body });
  expect(answer).toMatchObject({ status: 201 });
  isle.books.price('B', list);
}

/** A party disputes a line of a statement. */
function about(statement: any, line: any, claimedAmount: string, reason = 'volume'): object {
  return { statement: statement.id, line: line.id, reason, claimedAmount };
}

/** A mismatch of a period, that with the most to pay for first, as a dispute about it names it. */
async function discrepancy(peering: Peering, period: string, flow: Flow, at: number): Promise<any> {
  const size = ({ settledBytes }: { settledBytes: string }): number => Number(settledBytes);
  const bucket = (await peering.mismatches(period, flow)).sort((a, b) => size(b) - size(a))[at];
  const { direction, start, scope } = bucket;
  return { direction, start, scope };
}

/** Both parties agree on a figure for a discrepancy; the oracle hears of it. */
async function agreeOn(
  peering: Peering,
  period: string,
  flow: Flow,
  at: number,
  bytes: bigint,
): Promise<string> {
  const bucket = await discrepancy(peering, period, flow, at);
  const body = {
    agreement: peering.code,
    period,
    bucket,
    reason: 'double_counting',
    claimedBytes: '1',
  };
  const { id } = await peering.raise('A', body);
  const resolution = { kind: 'bytes', buckets: [{ ...bucket, bytes: String(bytes) }] };
  await peering.step(id, 'propose', 'B', resolution);
  await peering.step(id, 'consent', 'A');
  peering.books.agree(flow, Date.parse(bucket.start), bucket.scope.sourceRegion ?? '', bytes);
  return id;
}

describe(`six months of four clouds (seed ${SEED})`, () => {
  it('October: winter time begins in one zone, summer time in the other', async () => {
    for (const peering of [north, west, isle]) {
      await report(peering, OCTOBER);
      await peering.close(OCTOBER);
    }
  });

  it('November: late records, revisions and a void; money conceded, bytes agreed on', async () => {
    await west.agree(...SOUTH_WEST[1]!);
    await sendLate(isle, OCTOBER, 'late', 6);
    await sendLate(north, OCTOBER, 'late', 4);
    const revised = some(north, OCTOBER, 'A', 4).map((each) => ({
      ...each,
      bytes: each.bytes + 77_777_777_777n,
      revision: 1,
    }));
    await north.send('A', revised);
    await north.send(
      'B',
      some(north, OCTOBER, 'B', 2).map((each) => ({ ...each, void: true, revision: 1 })),
    );
    const [statement] = north.statements;
    const conceded = await north.raise('A', about(statement, lineOf(statement, 'usage', 'aToB'), '1000.00'));
    await north.step(conceded.id, 'propose', 'A', { kind: 'amount', amount: '80.00' });
    await north.step(conceded.id, 'propose', 'B', { kind: 'amount', amount: '41.07' });
    await north.step(conceded.id, 'consent', 'A');
    north.books.concede(OCTOBER, 'aToB', 'A', -4_107n);
    await agreeOn(north, OCTOBER, 'bToA', 3, 123_456_789_012n);
    // The first month of south and west takes nothing after its issue.
    const [late] = some(west, OCTOBER, 'B', 1);
    expect(await west.refused('B', [{ ...late!, bytes: 1n, revision: 1 }])).toBe('period_closed');
    expect(await west.refused('A', [{ ...late!, id: 'new', direction: 'egress' }])).toBe('period_closed');
    for (const peering of [north, west, isle]) {
      await report(peering, NOVEMBER);
      await peering.close(NOVEMBER);
    }
  });

  it('December: other terms; revisions out of order and across months; a payment; claims that come to nothing', async () => {
    await north.agree(...NORTH_SOUTH[1]!);
    const [first, second] = some(north, NOVEMBER, 'B', 2);
    await north.send('B', [{ ...first!, bytes: first!.bytes / 3n, revision: 3 }]);
    await north.send('B', [{ ...first!, bytes: 1n, revision: 2 }]);
    const october = monthOf(OCTOBER, north.books.timezone);
    const length = second!.end - second!.start;
    await north.send('B', [{ ...second!, start: october.end - length, end: october.end, revision: 1 }]);
    await sendLate(west, NOVEMBER, 'late', 3);
    const [, statement] = north.statements;
    const line = lineOf(statement, 'usage', 'bToA');
    const withdrawn = await north.raise('B', about(statement, line, '10.00', 'rate'));
    await north.step(withdrawn.id, 'withdraw', 'B');
    const more = await north.raise('A', about(statement, line, '99999.00', 'reference_data'));
    expect(more.withheldAmount).toBe('0.00');
    await north.step(more.id, 'propose', 'B');
    await north.step(more.id, 'consent', 'A');
    await payWithNetting(north);
    await payWithoutNetting(west);
    await isle.pay('A', 321n);
    await agreeOn(isle, NOVEMBER, 'aToB', 0, 4_321_000_001n);
    for (const peering of [north, west, isle]) {
      await report(peering, DECEMBER);
      await peering.close(DECEMBER);
    }
  });

  it('January: one dispute is escalated and one forgotten; agreed bytes withstand what comes late', async () => {
    await west.agree(...SOUTH_WEST[2]!);
    await isle.agree(...WEST_ISLE[1]!);
    for (const statement of isle.statements) expect(await isle.unpriced('B', statement)).toBeGreaterThan(0n);
    await pricesOfIsle([
      { side: 'egress', unit: 'GiB', unitPrice: '0.0411', from: Date.UTC(2025, 0, 1) },
      { side: 'ingress', unit: 'GB', unitPrice: '0.0099', from: Date.UTC(2026, 0, 11) },
    ]);
    const statement = north.statements[2];
    const line = lineOf(statement, 'usage', 'aToB');
    const escalated = await north.raise('A', about(statement, line, '500.00', 'commitment'));
    await north.step(escalated.id, 'escalate', 'B');
    const other = west.statements[1];
    const forgotten = await west.raise(
      'A',
      about(other, lineOf(other, 'usage', 'aToB'), '1.00', 'time_zone'),
    );
    const stateOf = async (): Promise<string> =>
      (await west.get('B', `/v1/disputes/${forgotten.id}`)).body.state;
    await itIs(Date.parse(forgotten.timeBarredAt) - 1);
    expect(await stateOf()).toBe('raised');
    await itIs(Date.parse(forgotten.timeBarredAt));
    expect(await stateOf()).toBe('time_barred');
    await agreeOn(north, DECEMBER, 'aToB', 5, 987_654_321_098n);
    const bucket = await discrepancy(north, DECEMBER, 'aToB', 5);
    const late = latePair(random, 'into-agreed', 'aToB', Date.parse(bucket.start), NORTH_SOUTH_PLAN);
    const inScope = (each: Report): Report => ({ ...each, sourceRegion: bucket.scope.sourceRegion });
    await north.sendBoth({ A: late.A.map(inScope), B: late.B.map(inScope) });
    for (const peering of [north, west, isle]) {
      await report(peering, JANUARY);
      await peering.close(JANUARY);
    }
    expect(north.statements[3].openDisputes).toEqual([
      expect.objectContaining({
        id: escalated.id,
        state: 'escalated',
        withheldAmount: escalated.withheldAmount,
      }),
    ]);
    expect(await north.position('A')).toMatchObject({ disputedPayable: centsOf(escalated.withheldAmount) });
  });

  it('February: what silence accepted is disputed; the escalated one is settled', async () => {
    await north.agree(...NORTH_SOUTH[2]!);
    const [open] = north.statements[3].openDisputes;
    await north.step(open.id, 'propose', 'A', { kind: 'amount', amount: '200.01' });
    await north.step(open.id, 'consent', 'B');
    north.books.concede(DECEMBER, 'aToB', 'A', -20_001n);
    const statement = west.statements[3];
    const path = `/v1/statements/${statement.id}`;
    const due = Date.parse(statement.acceptanceDue);
    await itIs(due - 1);
    expect((await west.get('B', path)).body.state).toBe('issued');
    await itIs(due);
    expect((await west.get('B', path)).body.state).toBe('deemed_accepted');
    const line = lineOf(statement, 'percentile_overage');
    const { id } = await west.raise('B', about(statement, line, '100000.00', 'rate'));
    expect((await west.get('B', path)).body.state).toBe('disputed');
    await west.step(id, 'propose', 'A', { kind: 'amount', amount: '17.35' });
    await west.step(id, 'consent', 'B');
    west.books.concede(JANUARY, 'aToB', 'A', 1_735n);
    expect((await west.get('B', path)).body.state).toBe('accepted');
    await agreeOn(west, JANUARY, 'aToB', 0, 45_000_000_000n);
    await sendLate(north, JANUARY, 'late', 2);
    await payTooMuch(north);
    for (const peering of [north, west, isle]) {
      await report(peering, FEBRUARY);
      await peering.close(FEBRUARY);
    }
  });

  it('March: summer time begins; whatever is late of any month', async () => {
    for (const period of [OCTOBER, NOVEMBER, DECEMBER, FEBRUARY]) {
      await sendLate(north, period, 'last', 2);
      const lowered = some(north, period, 'A', 3).map((each) => ({
        ...each,
        bytes: each.bytes / 5n,
        revision: 9,
      }));
      await north.send('A', lowered);
    }
    await sendLate(west, JANUARY, 'last', 5);
    for (const period of [NOVEMBER, JANUARY]) await sendLate(isle, period, 'last', 5);
    // What is sent again, revised or not since, is known already.
    await north.sendBoth(sent.get(north)!.get(OCTOBER)!);
    for (const peering of [north, west, isle]) {
      await report(peering, MARCH);
      await peering.close(MARCH);
    }
    // South and west forgot something: their month is issued anew with it, under the next number.
    await sendLate(west, MARCH, 'forgotten', 2);
    const early = await west.makeVoid();
    const again = await west.close(MARCH);
    expect([again.number, await west.stateOf(early)]).toEqual(['south-west-0007', 'void']);
    expect(await west.verify(early)).toMatchObject({ matches: true, differences: [] });
  });

  it('every statement can be recomputed, months later', async () => {
    for (const peering of [north, west, isle]) {
      const { statements } = peering;
      const found = await Promise.all(statements.map((statement) => peering.verify(statement)));
      expect(found.map(({ number, matches, differences }) => ({ number, matches, differences }))).toEqual(
        statements.map(({ number }) => ({ number, matches: true, differences: [] })),
      );
    }
  });

  it('had something to say of every kind', () => {
    const lines = [north, west, isle].flatMap(({ statements }) =>
      statements.flatMap((statement) => statement.lines),
    );
    const kinds = new Set(lines.map(({ kind, cause }) => (kind === 'adjustment' ? cause : kind)));
    expect([...kinds].sort()).toEqual(
      [
        ...['usage', 'flat_fee', 'ratio_excess', 'percentile_commit', 'percentile_overage', 'true_up'],
        ...['late', 'correction', 'dispute'],
      ].sort(),
    );
  });

  it('what all periods come to now is what was issued and adjusted', async () => {
    for (const peering of [north, west, isle]) {
      for (const { id } of peering.statements) {
        const { body } = await peering.get('A', `/v1/statements/${id}/restatement`);
        const differences = [
          ...body.lines.map((line: any) => [line.difference.bytes ?? '0', line.difference.amount]),
          ...[body.payableByA, body.payableByB, body.net].map(({ difference }: any) => ['0', difference]),
        ];
        const nothing = money(0n, peering.books.decimals);
        expect(differences).toEqual(differences.map(() => ['0', nothing]));
      }
    }
  });

  it('statements form a chain, and say what they said when they were issued', async () => {
    for (const { issued: all, get } of [north, west, isle].map((each) => ({
      issued: each.issued,
      get: each.get.bind(each),
    }))) {
      for (const [at, statement] of all.entries()) {
        expect(statement.previousSha256).toBe(at === 0 ? null : all[at - 1].sha256);
        const { state: _state, steps: _steps, acceptedBy: _acceptedBy, ...issued } = statement;
        expect((await get('B', `/v1/statements/${statement.id}`)).body).toMatchObject(issued);
      }
    }
  });

  it('at every instant both books say the same of each other, and what was owed at each issue', async () => {
    for (const peering of [north, west, isle]) await checkInstants(peering, random);
  });

  hledger(
    'every book’s journal of all months passes `hledger check`, and owes what the statements charge',
    async () => {
      for (const peering of [north, west, isle]) await checkJournals(peering);
    },
  );

  it('the books hold together, and owe what the statements say', async () => {
    expect(await market.acting(LedgerService).verify()).toMatchObject({ ok: true });
    for (const { books, position } of [north, west, isle].map((each) => ({
      books: each.books,
      position: each.position.bind(each),
    }))) {
      const [a, b] = [await position('A'), await position('B')];
      expect(a).toEqual(mirrored(b));
      expect(owedBy(a)).toBe(books.owed);
      expect([a.disputedPayable, a.disputedReceivable]).toEqual([0n, 0n]);
    }
  });
});
