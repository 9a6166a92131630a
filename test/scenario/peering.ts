import { expect } from '@jest/globals';
import { step as takeStep, type Verb } from '../api/disputes-support.js';
import { expectStatus, type Market, type Party as Cloud } from '../support/market.js';
import type { Adjustment, Books, CreditChange, Expected } from './oracle/books.js';
import type { Charge } from './oracle/charge.js';
import type { ListPrice } from './oracle/credit.js';
import { centsOf, money } from './oracle/fraction.js';
import type { Report } from './oracle/reports.js';
import { other, type Flow, type Party, type Terms } from './oracle/terms.js';
import type { Position } from './positions.js';
import type { Sides } from './traffic.js';

const PAGE = 1000;

/** One agreement, told to the service by HTTP and to the oracle at once. */
export class Peering {
  /** The statements that stand. */
  readonly statements: any[] = [];
  /** All statements ever issued, void ones too. */
  readonly issued: any[] = [];

  constructor(
    private readonly market: Market,
    readonly code: string,
    readonly clouds: Record<Party, Cloud>,
    readonly books: Books,
    readonly currency: string,
  ) {}

  static async make(
    market: Market,
    code: string,
    clouds: Record<Party, Cloud>,
    books: Books,
    currency = 'USD',
  ): Promise<Peering> {
    const body = {
      code,
      partyA: clouds.A.code,
      partyB: clouds.B.code,
      timezone: books.timezone,
      currency,
      autoClose: false,
    };
    expectStatus(await market.request('POST', '/v1/agreements', { key: clouds.A.key, body }), 201);
    return new Peering(market, code, clouds, books, currency);
  }

  async agree(from: string, terms: Terms): Promise<void> {
    const { A: a, B: b } = this.clouds;
    expectStatus(await this.market.agree({ code: this.code, a, b }, terms, from), 200);
    this.books.inForce(from, terms);
  }

  async send(party: Party, reports: readonly Report[]): Promise<void> {
    if (reports.length === 0) return;
    await this.market.take(this, this.clouds[party], reports.map(asSent), { as: 'ndjson' });
    this.books.report(party, reports);
  }

  async sendBoth(sides: Sides): Promise<void> {
    await this.send('A', sides.A);
    await this.send('B', sides.B);
  }

  /** What the service says when it takes none of the reports. */
  async refused(party: Party, reports: readonly Report[]): Promise<string> {
    const answer = await this.market.send(this, this.clouds[party], reports.map(asSent));
    expect(answer.status).toBe(422);
    return answer.body.errors[0].code;
  }

  /** Closes a period and holds its statement and credits against what the oracle expects. */
  async close(period: string): Promise<any> {
    const { A: a, B: b } = this.clouds;
    const expected = this.books.issue(period);
    const statement = await this.market.closePeriod({ code: this.code, a, b }, period);
    this.statements.push(statement);
    this.issued.push(statement);
    expect(shown(statement, this)).toEqual(expectedToShow(expected, this.books.decimals));
    for (const party of ['A', 'B'] as const) {
      expect(await this.credits(party, statement)).toEqual(creditsToShow(expected.credits[party]));
    }
    return statement;
  }

  /** What a party says of its counterparty, now or as of what a query says. */
  async position(party: Party, at = ''): Promise<Position> {
    const query = `counterparty=${this.clouds[other(party)].code}&${at}`;
    const { body } = await this.get(party, `/v1/balances?${query}`);
    const cents = (name: keyof Position): bigint =>
      body.data.length > 0 ? centsOf(body.data[0][name], this.books.decimals) : 0n;
    return {
      receivable: cents('receivable'),
      payable: cents('payable'),
      disputedReceivable: cents('disputedReceivable'),
      disputedPayable: cents('disputedPayable'),
    };
  }

  /** All entries of a party's book about the agreement. */
  async entries(party: Party): Promise<any[]> {
    return this.everyPage(party, `/v1/ledger/entries?agreement=${this.code}`);
  }

  async raise(party: Party, body: object): Promise<any> {
    const { key } = this.clouds[party];
    return expectStatus(await this.market.request('POST', '/v1/disputes', { key, body }), 201).body;
  }

  async step(id: string, verb: Verb, party: Party, resolution?: object): Promise<any> {
    const of = resolution && { body: { resolution } };
    return expectStatus(await takeStep(this.market, id, verb, this.clouds[party], of), 200).body;
  }

  /** A pays B, or B pays A, and the other confirms it unless the operator does; it may be for certain statements. */
  async pay(
    payer: Party,
    amount: bigint,
    { statements, by = 'payee' }: { statements?: string[]; by?: 'payee' | 'operator' } = {},
  ): Promise<string> {
    const id = await this.announce(payer, amount, statements);
    const key = by === 'payee' ? this.clouds[other(payer)].key : this.market.operatorKey;
    expectStatus(await this.market.request('POST', `/v1/payments/${id}/confirm`, { key }), 200);
    this.books.pay(payer === 'A' ? amount : -amount);
    return id;
  }

  /** A payment that nobody has confirmed, and that counts for nothing so far. */
  async announce(payer: Party, amount: bigint, statements?: string[]): Promise<string> {
    const { code: name, key } = this.clouds[payer];
    const body = {
      agreement: this.code,
      payer: name,
      amount: money(amount, this.books.decimals),
      currency: this.currency,
      paidAt: new Date().toISOString(),
      reference: `payment of ${name}`,
      ...(statements && { statements }),
    };
    return expectStatus(await this.market.request('POST', '/v1/payments', { key, body }), 201).body.id;
  }

  /** The payee finds that a confirmed payment did not come. */
  async takeBack(payer: Party, id: string, amount: bigint): Promise<void> {
    const { key } = this.clouds[other(payer)];
    const body = { reason: 'the bank returned it' };
    expectStatus(await this.market.request('POST', `/v1/payments/${id}/reverse`, { key, body }), 200);
    this.books.pay(payer === 'A' ? -amount : amount);
  }

  /** Both parties accept a statement. */
  async accept(statement: { id: string }): Promise<void> {
    for (const party of ['A', 'B'] as const) await this.change(statement, 'accept', this.clouds[party].key);
  }

  /** Where a statement stands, as a party sees it. */
  async stateOf({ id }: { id: string }): Promise<string> {
    return (await this.get('A', `/v1/statements/${id}`)).body.state;
  }

  /** The operator makes the last statement void, which has its period issued anew. */
  async makeVoid(): Promise<any> {
    const statement = this.statements.pop();
    await this.change(statement, 'void', this.market.operatorKey, { reason: 'traffic was forgotten' });
    this.books.takeBackLast();
    return statement;
  }

  /** Buckets of a period that did not match, as a party sees them. */
  async mismatches(period: string, flow: Flow, status = 'mismatch'): Promise<any[]> {
    const path = `/v1/agreements/${this.code}/periods/${period}/reconciliation/buckets`;
    return (await this.get('A', `${path}?status=${status}&direction=${flow}`)).body.data;
  }

  async get(party: Party, path: string): Promise<any> {
    return expectStatus(await this.market.request('GET', path, { key: this.clouds[party].key }), 200);
  }

  /** Recomputes a statement from its records; gives what the job found. */
  async verify(statement: { id: string }): Promise<any> {
    const path = `/v1/statements/${statement.id}/verify`;
    const asked = await this.market.request('POST', path, { key: this.clouds.B.key });
    return (await this.market.job(expectStatus(asked, 202).body.id)).result;
  }

  /** Changes a statement as it is now. */
  private async change({ id }: { id: string }, step: string, key: string, body?: object): Promise<void> {
    const path = `/v1/statements/${id}`;
    const now = expectStatus(await this.market.request('GET', path, { key }), 200);
    const headers = { 'If-Match': now.headers.get('etag')! };
    const of = { key, headers, ...(body && { body }) };
    expectStatus(await this.market.request('POST', `${path}/${step}`, of), 200);
  }

  /** Bytes that a party would credit with a statement if it had a price for them. */
  async unpriced(party: Party, statement: { id: string }): Promise<bigint> {
    const all = await this.listedCredits(party, statement);
    return all
      .filter(({ state }) => state === 'unpriced')
      .reduce((sum: bigint, { bytes }) => sum + BigInt(bytes), 0n);
  }

  private async credits(party: Party, statement: { id: string }): Promise<string[]> {
    const all = await this.listedCredits(party, statement);
    return all
      .filter(({ state }) => state === 'credited')
      .map(({ period, direction, customer, priceFrom, unitPrice, bytes, amount }) =>
        [period, direction, customer, priceFromOf(priceFrom), unitPrice, bytes, amount].join(' '),
      )
      .sort();
  }

  private async listedCredits(party: Party, { id }: { id: string }): Promise<any[]> {
    return this.everyPage(party, `/v1/statements/${id}/credits?`);
  }

  private async everyPage(party: Party, path: string): Promise<any[]> {
    const all: any[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const after: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const { body } = await this.get(party, `${path}&limit=${PAGE}${after}`);
      all.push(...body.data);
      cursor = body.nextCursor;
    }
    return all;
  }
}

/** Free ingress is so from ever. */
function priceFromOf(text: string | null): number {
  return text === null ? -Infinity : Date.parse(text);
}

function asSent({ start, end, bytes, ...rest }: Report): object {
  const instant = (at: number): string => new Date(at).toISOString().replace('.000', '');
  return { ...rest, start: instant(start), end: instant(end), bytes: String(bytes) };
}

/** What the oracle knows to say of a statement, in the words of the service. */
function shown(statement: any, { clouds, books: { decimals } }: Peering): object {
  const side = (code: string): Party => (code === clouds.A.code ? 'A' : 'B');
  const charges: Charge[] = [];
  const adjustments: Adjustment[] = [];
  for (const { kind, direction, tier, payer, amount, originalPeriod, originalKind } of statement.lines) {
    const charge = { direction, tier, payer: side(payer), amount: centsOf(amount, decimals) };
    if (kind === 'adjustment') adjustments.push({ ...charge, kind: originalKind, originalPeriod });
    else charges.push({ ...charge, kind });
  }
  const { payableByA, payableByB, openingBalance, paymentsSince, closingBalance } = statement;
  return {
    settled: statement.settledBytes,
    zeroRated: statement.zeroRatedBytes,
    charges: named(charges, decimals),
    adjustments: named(adjustments, decimals),
    money: { payableByA, payableByB, openingBalance, paymentsSince, closingBalance },
  };
}

function expectedToShow(expected: Expected, decimals: number): object {
  const texts = ({ aToB, bToA }: Record<Flow, bigint>) => ({ aToB: String(aToB), bToA: String(bToA) });
  return {
    settled: texts(expected.settled),
    zeroRated: texts(expected.zeroRated),
    charges: named(expected.charges, decimals),
    adjustments: named(expected.adjustments, decimals),
    money: {
      payableByA: money(expected.payable.A, decimals),
      payableByB: money(expected.payable.B, decimals),
      openingBalance: money(expected.opening, decimals),
      paymentsSince: money(expected.paid, decimals),
      closingBalance: money(expected.closing, decimals),
    },
  };
}

/** Charges under their names, those of one name added up, and those that come to nothing left out. */
function named(charges: readonly (Charge | Adjustment)[], decimals: number): string[] {
  const sums = new Map<string, bigint>();
  for (const { kind, direction, tier, payer, amount, ...of } of charges) {
    const period = 'originalPeriod' in of ? [of.originalPeriod] : [];
    const name = [...period, kind ?? 'conceded', direction ?? 'both', tier ?? '-', payer].join(' ');
    sums.set(name, (sums.get(name) ?? 0n) + amount);
  }
  return [...sums]
    .filter(([, amount]) => amount !== 0n)
    .map(([name, amount]) => `${name} ${money(amount, decimals)}`)
    .sort();
}

function creditsToShow(credits: readonly CreditChange[]): string[] {
  return credits
    .map(({ period, flow, customer, from, unitPrice, bytes, amount }) =>
      [period, flow, customer, from, unitPrice, bytes, money(amount)].join(' '),
    )
    .sort();
}

/** The prices as they are added to a provider's list. */
export function asListed(prices: readonly ListPrice[]): object[] {
  return prices.map((price) => ({ ...price, from: new Date(price.from).toISOString() }));
}
