import { AgreementsService } from '../../src/agreements/index.js';
import { IntegrityService } from '../../src/integrity/index.js';
import { LedgerService, type LedgerBalance } from '../../src/ledger/index.js';
import { PaymentsService } from '../../src/payments/index.js';
import type { Caller } from '../../src/access/index.js';
import {
  OPERATOR as OPERATOR_TENANT,
  type Tenant,
  type Transaction,
} from '../../src/platform/database/index.js';
import { DisputesService } from '../../src/disputes/disputes.service.js';
import { CloseService } from '../../src/settlement/index.js';
import { Random } from '../support/random.js';
import { expectStatus, startMarket, type Deal, type Market, type Party } from '../support/market.js';

/** Sequences, and how long each is; more of them with `SEQUENCES=50`. */
const SEQUENCES = Number(process.env.SEQUENCES ?? 3);
const STEPS = Number(process.env.STEPS ?? 14);
const SEED = Number(process.env.SEED ?? 1);
const FIRST_MONTH = Date.UTC(2024, 0, 1);
const TERMS = {
  directions: {
    aToB: { pricing: { model: 'linear', unit: 'GB', unitPrice: '1' } },
    bToA: { pricing: { model: 'linear', unit: 'GB', unitPrice: '1' } },
  },
};
const OPERATOR: Caller = { kind: 'operator', keyId: '', scopes: ['operator'], proof: { kind: 'key' } };

class Crash extends Error {}

/** A dispute that has not ended, and who may consent to what is proposed. */
interface OpenDispute {
  id: string;
  raiser: Party;
  period: string;
  mayConsent: Party | null;
}

let market: Market;

beforeAll(async () => {
  market = await startMarket();
});

afterAll(() => market.close());

/** One deal to which anything may happen, in any order, and a simple account of what ought to have come of it. */
class Story {
  readonly told: string[] = [];
  private readonly statements: any[] = [];
  private readonly payments: { id: string; payer: 'A' | 'B'; cents: bigint; state: string }[] = [];
  private readonly disputes: OpenDispute[] = [];
  private readonly instants: number[] = [FIRST_MONTH];
  private months = 0;

  private constructor(
    readonly deal: Deal,
    readonly agreementId: string,
    private readonly random: Random,
  ) {}

  static async begin(random: Random): Promise<Story> {
    const deal = await market.deal({ terms: { ...TERMS, netting: random.once(2) }, from: '2024-01' });
    const id = (await market.acting(AgreementsService).idOf(deal.code))!;
    return new Story(deal, id, random);
  }

  /** Does something at random, perhaps after having crashed in the middle of it. */
  async step(): Promise<void> {
    const deeds = [
      'close',
      'pay',
      'pay',
      'confirm',
      'confirm',
      'reverse',
      'accept',
      'dispute',
      'withdraw',
      'propose',
      'propose',
      'consent',
      'consent',
      'escalate',
      'timeBar',
      'void',
    ] as const;
    const deed = this.random.pick(deeds);
    this.told.push(deed);
    await this[deed]();
  }

  private async close(): Promise<void> {
    const month = new Date(Date.UTC(2024, this.months, 1)).toISOString().slice(0, 7);
    const at = { start: `${month}-05T00:00:00Z`, end: `${month}-05T01:00:00Z` };
    const { a, b } = this.deal;
    for (const [from, to, id] of [
      [a, b, 'ab'],
      [b, a, 'ba'],
    ] as const) {
      const record = { ...at, id: `${id}-${month}`, bytes: String(this.random.below(100) * 1e9) };
      await market.take(this.deal, from, [{ ...record, direction: 'egress' }]);
      await market.take(this.deal, to, [{ ...record, direction: 'ingress' }]);
    }
    await this.issue(month);
    this.months += 1;
  }

  private async issue(month: string): Promise<void> {
    const { a, b } = this.deal;
    const both: Tenant = { kind: 'agreement', agreementId: this.agreementId, partyIds: [a.id, b.id] };
    const close = () => market.acting(CloseService, both).close(this.agreementId, month, Date.now());
    const { statementId } = await this.crashingFirst(close);
    const path = `/v1/statements/${statementId}`;
    const seen = await market.request('GET', path, { key: a.key });
    this.statements.push(expectStatus(seen, 200).body);
  }

  private async pay(): Promise<void> {
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
    const { id } = expectStatus(
      await market.request('POST', '/v1/payments', { key: party.key, body }),
      201,
    ).body;
    this.payments.push({ id, payer, cents, state: 'recorded' });
    this.instants.push(paidAt);
  }

  private async confirm(): Promise<void> {
    await this.take('confirm', 'recorded', 'confirmed');
  }

  private async reverse(): Promise<void> {
    await this.take('reverse', 'confirmed', 'reversed');
  }

  private async take(step: 'confirm' | 'reverse', from: string, to: string): Promise<void> {
    const payment = this.payments.find(({ state }) => state === from);
    if (!payment) return;
    const request = { step, at: Date.now(), reason: null, check: () => undefined };
    const taken = () => market.acting(PaymentsService).take(OPERATOR, payment.id, request);
    await this.crashingFirst(taken);
    // The answer was lost, and the client asks again.
    if (this.random.once(3)) await taken();
    payment.state = to;
  }

  private async accept(): Promise<void> {
    const statement = this.statements.find(({ accepted }) => !accepted);
    if (!statement) return;
    statement.accepted = true;
    for (const { key } of [this.deal.a, this.deal.b])
      await this.post(`/v1/statements/${statement.id}`, 'accept', key, [200, 409]);
  }

  private async dispute(): Promise<void> {
    const statement = this.statements.findLast(({ accepted, lines }) => !accepted && lines.length > 0);
    if (!statement) return;
    const line = this.random.pick<any>(statement.lines);
    const raiser = [this.deal.a, this.deal.b].find(({ code }) => code === line.payer)!;
    const body = { statement: statement.id, line: line.id, reason: 'rate', claimedAmount: '0.00' };
    const raised = await market.request('POST', '/v1/disputes', { key: raiser.key, body });
    const { period } = statement;
    if (raised.status === 201) this.disputes.push({ id: raised.body.id, raiser, period, mayConsent: null });
    else expect([409, 422]).toContain(raised.status);
  }

  private async withdraw(): Promise<void> {
    const dispute = this.disputes.shift();
    if (dispute) await this.post(`/v1/disputes/${dispute.id}`, 'withdraw', dispute.raiser.key, [200]);
  }

  /** By either party: money of the claim, bytes of the month's bucket, or no change. */
  private async propose(): Promise<void> {
    const dispute = this.anyDispute();
    if (!dispute) return;
    const [by, other] = this.random.once(2) ? [this.deal.a, this.deal.b] : [this.deal.b, this.deal.a];
    const bucket = { direction: 'aToB', start: `${dispute.period}-05T00:00:00Z`, scope: {} };
    const resolution = this.random.pick([
      { kind: 'amount', amount: '0.01' },
      { kind: 'bytes', buckets: [{ ...bucket, bytes: String(this.random.below(100) * 1e9) }] },
      { kind: 'no_change' },
    ]);
    const body = { resolution };
    // What is agreed on once is not agreed on again, and may be what nobody reported.
    const status = await this.post(`/v1/disputes/${dispute.id}`, 'propose', by.key, [200, 409, 422], body);
    if (status === 200) dispute.mayConsent = other;
  }

  private async consent(): Promise<void> {
    const dispute = this.anyDispute();
    if (!dispute?.mayConsent) return;
    const path = `/v1/disputes/${dispute.id}`;
    const status = await this.post(path, 'consent', dispute.mayConsent.key, [200, 409]);
    if (status === 200) this.forget(dispute);
  }

  private async escalate(): Promise<void> {
    const dispute = this.anyDispute();
    if (dispute) await this.post(`/v1/disputes/${dispute.id}`, 'escalate', this.deal.b.key, [200]);
  }

  /** Two months later, when nobody has moved; an escalated one stays. */
  private async timeBar(): Promise<void> {
    const dispute = this.anyDispute();
    if (!dispute) return;
    const at = Date.now() + 70 * 86_400_000;
    const of = { agreementId: this.agreementId, id: dispute.id };
    if (await this.crashingFirst(() => market.acting(DisputesService).timeBar(of, at))) this.forget(dispute);
    this.instants.push(at);
  }

  /** The latest statement, and issues its month anew. */
  private async void(): Promise<void> {
    const statement = this.statements.at(-1);
    if (!statement) return;
    const path = `/v1/statements/${statement.id}`;
    const body = { reason: 'wrong' };
    const status = await this.post(path, 'void', market.operatorKey, [200, 409], body);
    if (status !== 200) return;
    this.statements.pop();
    await this.check();
    await this.issue(statement.period);
  }

  private anyDispute(): OpenDispute | undefined {
    return this.disputes.length > 0 ? this.random.pick(this.disputes) : undefined;
  }

  private forget(dispute: OpenDispute): void {
    this.disputes.splice(this.disputes.indexOf(dispute), 1);
  }

  private async post(
    path: string,
    verb: string,
    key: string,
    statuses: number[],
    body?: object,
  ): Promise<number> {
    const { headers } = await market.request('GET', path, { key });
    const match = { 'If-Match': headers.get('etag')! };
    const of = { key, headers: match, ...(body && { body }) };
    const { status } = await market.request('POST', `${path}/${verb}`, of);
    expect(statuses).toContain(status);
    return status;
  }

  /** Runs it, half of the time after a run that died at one of its statements, with all that came before. */
  private async crashingFirst<T>(work: () => Promise<T>): Promise<T> {
    if (this.random.once(2)) {
      let left = 1 + this.random.below(30);
      const dying = market.pool.transactionFor(OPERATOR_TENANT, async (tx: Transaction) => {
        const query = tx.query.bind(tx);
        tx.query = <Row>(...given: Parameters<Transaction['query']>) => {
          if ((left -= 1) === 0) throw new Crash();
          return query<Row>(...given);
        };
        await work();
        throw new Crash();
      });
      await expect(dying).rejects.toThrow(Crash);
      this.told.push('(after a crash)');
      await this.check();
    }
    return work();
  }

  /** Everything that has to hold, whatever happened. */
  async check(): Promise<void> {
    const ledger = market.acting(LedgerService);
    expect(
      await market.acting(IntegrityService).verify({ agreements: [this.agreementId], auditChains: 'none' }),
    ).toMatchObject({
      firstProblem: null,
    });
    const confirmed = this.payments.filter(({ state }) => state === 'confirmed');
    const paid = confirmed.reduce((sum, { payer, cents }) => sum + (payer === 'A' ? cents : -cents), 0n);
    const charged = this.statements.reduce(
      (sum, { payableByA, payableByB }) => sum + centsOf(payableByA) - centsOf(payableByB),
      0n,
    );
    const book = { bookId: this.deal.a.id, agreementId: this.agreementId };
    const [now] = await ledger.balances(book);
    expect(now?.net ?? 0n).toBe(paid - charged);
    const last = this.statements.at(-1);
    if (last) {
      const since = this.statements.reduce((sum, { paymentsSince }) => sum + centsOf(paymentsSince), 0n);
      expect(centsOf(last.closingBalance)).toBe(charged - since);
    }
    for (const asOf of [...this.instants, Date.now()].map((instant) => new Date(instant))) {
      await this.checkMirror(ledger, { asOf });
      await this.checkMirror(ledger, { asOf, recordedAsOf: new Date(Date.now() - this.random.below(2000)) });
    }
    await this.checkStates();
  }

  private async checkMirror(ledger: LedgerService, at: { asOf: Date; recordedAsOf?: Date }): Promise<void> {
    const of = async (bookId: string) =>
      (await ledger.balances({ bookId, agreementId: this.agreementId, ...at }))[0];
    const [a, b] = [await of(this.deal.a.id), await of(this.deal.b.id)];
    const figures = (one?: LedgerBalance) => [one?.receivable, one?.disputedReceivable, one?.net];
    const mirrored = (other?: LedgerBalance) => [other?.payable, other?.disputedPayable, other && -other.net];
    expect(figures(a)).toEqual(mirrored(b));
    expect(figures(b)).toEqual(mirrored(a));
  }

  /** A statement is settled only while nothing of what A and B owe under it can be open. */
  private async checkStates(): Promise<void> {
    const path = `/v1/statements?agreement=${this.deal.code}&state=settled`;
    const settled: any[] = (await market.request('GET', path, { key: this.deal.a.key })).body.data;
    const [book] = await market
      .acting(LedgerService)
      .balances({ bookId: this.deal.a.id, agreementId: this.agreementId });
    const sum = (statements: any[], of: string) =>
      statements.reduce((total: bigint, each) => total + centsOf(each[of]), 0n);
    for (const [figure, open] of [
      ['payableByA', (book?.payable ?? 0n) + (book?.disputedPayable ?? 0n)],
      ['payableByB', (book?.receivable ?? 0n) + (book?.disputedReceivable ?? 0n)],
    ] as const) {
      // More may be open than was charged: a refund whose payment was reversed later is owed back.
      const paid = sum(this.statements, figure) - open;
      expect(sum(settled, figure)).toBeLessThanOrEqual(paid > 0n ? paid : 0n);
    }
  }
}

function centsOf(amount: string): bigint {
  return BigInt(amount.replace('.', ''));
}

test.each(Array.from({ length: SEQUENCES }, (_, index) => SEED + index))(
  'whatever is closed, paid, disputed, reversed and crashed, in whatever order, everything holds (seed %i)',
  async (seed) => {
    const story = await Story.begin(new Random(seed));
    for (let step = 0; step < STEPS; step += 1) {
      await story.step();
      await story.check().catch((error: Error) => {
        error.message = `after ${story.told.join(', ')}: ${error.message}`;
        throw error;
      });
    }
  },
  300_000,
);
