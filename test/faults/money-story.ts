import { AgreementsService } from '../../src/agreements/index.js';
import type { TestAnswer, TestRequest } from '../support/api.js';
import { expectStatus, type Deal, type Market, type Party } from '../support/market.js';
import type { Random } from '../support/random.js';
import { until } from '../support/until.js';
import { centsOf, MoneyBooks, sumOf } from './money-books.js';
import { MoneyCrashes } from './money-crashes.js';
import { MortalService } from './mortal-service.js';

const FIRST_MONTH = Date.UTC(2024, 0, 1);
const LAPSED_MS = 70 * 86_400_000;
const TERMS = {
  directions: {
    aToB: { pricing: { model: 'linear', unit: 'GB', unitPrice: '1' } },
    bToA: { pricing: { model: 'linear', unit: 'GB', unitPrice: '1' } },
  },
  // Whose dispute is time-barred has not accepted by silence yet.
  days: { acceptance: 90 },
};
const DEEDS = [
  ...(['close', 'pay', 'pay', 'confirm', 'confirm', 'reverse', 'accept', 'dispute', 'dispute'] as const),
  ...(['withdraw', 'propose', 'propose', 'consent', 'consent', 'escalate', 'timeBar', 'void'] as const),
];

/** A dispute that has not ended, and who may consent to what is proposed. */
interface OpenDispute {
  id: string;
  raiser: Party;
  period: string;
  mayConsent: Party | null;
  escalated: boolean;
}

/** How work may crash. */
interface Surviving {
  /** Which process does it, where that is not the one that lives on. */
  by?: MortalService;
  /** Whether a process that lost its connection is asked again. */
  asksAgain?: boolean;
  /** Whether it asks for more work, which is done some time after. */
  leavesWork?: boolean;
}

/** One deal to which anything may happen, in any order, and a simple account of what ought to have come of it. */
export class MoneyStory {
  readonly told: string[] = [];
  readonly crashes: MoneyCrashes;
  private readonly books: MoneyBooks;
  private readonly statements: any[] = [];
  private readonly payments: { id: string; payer: 'A' | 'B'; cents: bigint; state: string }[] = [];
  private readonly disputes: OpenDispute[] = [];
  private months = 0;
  private asked = 0;

  private constructor(
    private readonly market: Market,
    private readonly service: MortalService,
    private readonly deal: Deal,
    private readonly agreementId: string,
    private readonly random: Random,
  ) {
    this.crashes = new MoneyCrashes(random);
    this.books = new MoneyBooks(market, deal, agreementId, random);
    this.books.instants.push(FIRST_MONTH);
  }

  /** The market looks on; what is done is done by the service, which may die of it. */
  static async begin(market: Market, service: MortalService, random: Random): Promise<MoneyStory> {
    const terms = { ...TERMS, netting: random.seed % 2 === 0 };
    const deal = await market.deal({ terms, from: '2024-01' });
    const id = (await market.acting(AgreementsService).idOf(deal.code))!;
    return new MoneyStory(market, service, deal, id, random);
  }

  /** Does something at random that can be done now, perhaps after having crashed in the middle of it. */
  async step(): Promise<void> {
    const deeds = this.random.shuffled(DEEDS);
    // What has not crashed yet comes first, half of the time: some of it can seldom be done.
    if (this.random.once(2)) deeds.sort((one, other) => this.rank(one) - this.rank(other));
    for (const deed of deeds) {
      const before = this.told.push(deed);
      const isDone = await this[deed]();
      this.crashes.count(isDone);
      if (isDone) return;
      // What could not be done is told only where something came of it.
      if (this.told.length === before) this.told.pop();
    }
  }

  /** Everything that has to hold, whatever happened. */
  async check(): Promise<void> {
    await this.books.expectSound();
    const confirmed = this.payments.filter(({ state }) => state === 'confirmed');
    const paid = confirmed.reduce((sum, { payer, cents }) => sum + (payer === 'A' ? cents : -cents), 0n);
    const charged = sumOf(this.statements, 'payableByA') - sumOf(this.statements, 'payableByB');
    expect(await this.books.net()).toBe(paid - charged);
    const last = this.statements.at(-1);
    if (last) expect(centsOf(last.closingBalance)).toBe(charged - sumOf(this.statements, 'paymentsSince'));
    await this.books.expectSettledIsPaid(this.statements);
  }

  private rank(deed: string): number {
    return this.crashes.missing.includes(deed) ? 0 : 1;
  }

  private async close(): Promise<boolean> {
    const month = new Date(Date.UTC(2024, this.months, 1)).toISOString().slice(0, 7);
    const at = { start: `${month}-05T00:00:00Z`, end: `${month}-05T01:00:00Z` };
    const { a, b } = this.deal;
    for (const [from, to, id] of [
      [a, b, 'ab'],
      [b, a, 'ba'],
    ] as const) {
      const record = { ...at, id: `${id}-${month}`, bytes: String(this.random.below(100) * 1e9) };
      await this.market.take(this.deal, from, [{ ...record, direction: 'egress' }]);
      await this.market.take(this.deal, to, [{ ...record, direction: 'ingress' }]);
    }
    this.months += 1;
    await this.issue(month);
    return true;
  }

  private async issue(month: string): Promise<void> {
    const { market } = this;
    const path = `/v1/agreements/${this.deal.code}/periods/${month}/close`;
    const close = async () => {
      const asked = await this.service.request('POST', path, { key: market.operatorKey });
      return market.job(expectStatus(asked, 202).body.id);
    };
    const { state, result } = await this.surviving('close', close);
    expect(state).toBe('completed');
    const seen = await market.request('GET', `/v1/statements/${result.statement}`, { key: this.deal.a.key });
    this.statements.push(expectStatus(seen, 200).body);
  }

  private async pay(): Promise<boolean> {
    const payer = this.random.pick(['A', 'B'] as const);
    const cents = BigInt(1 + this.random.below(15_000));
    const party = payer === 'A' ? this.deal.a : this.deal.b;
    const paidAt = FIRST_MONTH + this.random.below(Date.now() - FIRST_MONTH);
    const named =
      this.statements.length > 0 && this.random.once(3) ? [this.random.pick(this.statements).id] : [];
    const body = {
      agreement: this.deal.code,
      payer: party.code,
      amount: `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`,
      currency: 'USD',
      paidAt: new Date(paidAt).toISOString(),
      reference: 'wire',
      statements: named,
    };
    const answer = await this.ask('pay', '/v1/payments', { key: party.key, body });
    this.payments.push({ id: expectStatus(answer, 201).body.id, payer, cents, state: 'recorded' });
    this.books.instants.push(paidAt);
    return true;
  }

  private confirm(): Promise<boolean> {
    return this.take('confirm', 'recorded', 'confirmed');
  }

  private reverse(): Promise<boolean> {
    return this.take('reverse', 'confirmed', 'reversed');
  }

  /** By who is paid, or the operator. */
  private async take(step: 'confirm' | 'reverse', from: string, to: string): Promise<boolean> {
    const payment = this.payments.find(({ state }) => state === from);
    if (!payment) return false;
    const payee = payment.payer === 'A' ? this.deal.b : this.deal.a;
    const key = this.random.once(2) ? payee.key : this.market.operatorKey;
    expectStatus(await this.ask(step, `/v1/payments/${payment.id}/${step}`, { key }), 200);
    payment.state = to;
    return true;
  }

  private async accept(): Promise<boolean> {
    const statement = this.statements.find(({ accepted }) => !accepted);
    if (!statement) return false;
    statement.accepted = true;
    for (const { key } of [this.deal.a, this.deal.b])
      await this.change(`/v1/statements/${statement.id}`, 'accept', key, [200, 409]);
    return true;
  }

  private async dispute(): Promise<boolean> {
    const statement = this.statements.findLast(({ accepted, lines }) => !accepted && lines.length > 0);
    if (!statement) return false;
    const line = this.random.pick<any>(statement.lines);
    const raiser = [this.deal.a, this.deal.b].find(({ code }) => code === line.payer)!;
    const body = { statement: statement.id, line: line.id, reason: 'rate', claimedAmount: '0.00' };
    const raised = await this.ask('dispute', '/v1/disputes', { key: raiser.key, body });
    const { period } = statement;
    if (raised.status === 201)
      this.disputes.push({ id: raised.body.id, raiser, period, mayConsent: null, escalated: false });
    else expect([409, 422]).toContain(raised.status);
    return raised.status === 201;
  }

  private async withdraw(): Promise<boolean> {
    const dispute = this.disputes[0];
    if (!dispute) return false;
    await this.change(`/v1/disputes/${dispute.id}`, 'withdraw', dispute.raiser.key, [200]);
    this.forget(dispute);
    return true;
  }

  /** By either party: money of the claim, bytes of the month's bucket, or no change. */
  private async propose(): Promise<boolean> {
    const dispute = this.anyDispute();
    if (!dispute) return false;
    const [by, other] = this.random.once(2) ? [this.deal.a, this.deal.b] : [this.deal.b, this.deal.a];
    const bucket = { direction: 'aToB', start: `${dispute.period}-05T00:00:00Z`, scope: {} };
    const resolution = this.random.pick([
      { kind: 'amount', amount: '0.01' },
      { kind: 'bytes', buckets: [{ ...bucket, bytes: String(this.random.below(100) * 1e9) }] },
      { kind: 'no_change' },
    ]);
    // What is agreed on once is not agreed on again, and may be what nobody reported.
    const statuses = [200, 409, 422];
    const path = `/v1/disputes/${dispute.id}`;
    const status = await this.change(path, 'propose', by.key, statuses, { body: { resolution } });
    if (status === 200) dispute.mayConsent = other;
    return true;
  }

  private async consent(): Promise<boolean> {
    const dispute = this.disputes.find(({ mayConsent }) => mayConsent);
    if (!dispute) return false;
    const path = `/v1/disputes/${dispute.id}`;
    const status = await this.change(path, 'consent', dispute.mayConsent!.key, [200, 409]);
    if (status === 200) this.forget(dispute);
    return status === 200;
  }

  private async escalate(): Promise<boolean> {
    const dispute = this.anyDispute();
    if (!dispute) return false;
    await this.change(`/v1/disputes/${dispute.id}`, 'escalate', this.deal.b.key, [200]);
    dispute.escalated = true;
    return true;
  }

  /** A worker of two months later finds that nobody has moved; escalated ones stay. */
  private async timeBar(): Promise<boolean> {
    const lapsed = this.disputes.filter(({ escalated }) => !escalated);
    if (lapsed.length === 0) return false;
    const clock = `const now = Date.now; Date.now = () => now() + ${LAPSED_MS};`;
    const environment = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(clock)}` };
    const options = { entry: 'worker', environment } as const;
    const by = await MortalService.behindTap(this.market.database, options);
    const barred = async () => {
      const rows = await this.market.database.query(
        `SELECT FROM disputes WHERE agreement_id = $1 AND state = 'time_barred' AND id = ANY($2)`,
        [this.agreementId, lapsed.map(({ id }) => id)],
      );
      return rows.length === lapsed.length;
    };
    const look = async () => {
      await by.revive();
      await until('it is too late for all of them', barred);
    };
    await this.surviving('timeBar', look, { by, asksAgain: false });
    await by.end();
    for (const dispute of lapsed) this.forget(dispute);
    this.books.instants.push(Date.now() + LAPSED_MS);
    return true;
  }

  /** The latest statement, whose month is issued anew. */
  private async void(): Promise<boolean> {
    const statement = this.statements.at(-1);
    if (!statement) return false;
    const path = `/v1/statements/${statement.id}`;
    const { operatorKey } = this.market;
    const { state } = (await this.market.request('GET', path, { key: operatorKey })).body;
    if (['disputed', 'settled'].includes(state)) return false;
    const of = { body: { reason: 'wrong' }, asksAgain: false, leavesWork: true };
    const status = await this.change(path, 'void', operatorKey, [200, 409], of);
    if (status !== 200) return false;
    this.statements.pop();
    await this.issue(statement.period);
    return true;
  }

  private anyDispute(): OpenDispute | undefined {
    return this.disputes.length > 0 ? this.random.pick(this.disputes) : undefined;
  }

  private forget(dispute: OpenDispute): void {
    this.disputes.splice(this.disputes.indexOf(dispute), 1);
  }

  /** Takes a step on what its party last read. */
  private async change(
    path: string,
    verb: string,
    key: string,
    statuses: number[],
    { body, ...how }: Surviving & { body?: object } = {},
  ): Promise<number> {
    const { headers } = await this.market.request('GET', path, { key });
    const request = { key, headers: { 'If-Match': headers.get('etag')! }, ...(body && { body }) };
    const { status } = await this.ask(verb, `${path}/${verb}`, request, how);
    expect(statuses).toContain(status);
    return status;
  }

  /** Sends a request, and again with the same key where no answer came. */
  private ask(deed: string, path: string, request: TestRequest, how: Surviving = {}): Promise<TestAnswer> {
    // Names the agreement, so that its transaction can be told from others.
    const headers = { ...request.headers, 'Idempotency-Key': `${this.agreementId} ${(this.asked += 1)}` };
    const send = () => this.service.request('POST', path, { ...request, headers });
    return this.surviving(deed, send, how);
  }

  /**
   * Does work, which may crash: what was not committed has left nothing then, and what was is not done a second time
   * when it is asked for again. Sometimes it is asked for twice though the first went well.
   */
  private async surviving<T>(
    deed: string,
    work: () => Promise<T>,
    { by = this.service, asksAgain = true, leavesWork = false }: Surviving = {},
  ): Promise<T> {
    const crash = this.crashes.draw(deed, { asksAgain });
    const before = await this.books.rows();
    const outcome = crash ? await by.crashing(crash, this.agreementId, work) : { done: await work() };
    this.crashes.learn(deed, by.statements);
    if ('done' in outcome) {
      if (leavesWork || !this.random.once(4)) return outcome.done;
    } else {
      this.crashes.strike(deed, crash!);
      this.told.push(`(${crash!.victim} died at ${crash!.point})`);
      await this.books.expectSound();
    }
    const isDone = 'done' in outcome || outcome.committed;
    const left = await this.books.rows();
    if (!isDone) expect(left).toEqual(before);
    await by.revive();
    const done = await work();
    if (isDone && !leavesWork) expect(await this.books.rows()).toEqual(left);
    return done;
  }
}
