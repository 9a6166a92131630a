import { bucketsOf, monthOf } from './calendar.js';
import { charge, type Charge, type Charged } from './charge.js';
import { claimsOf, credit, type Credited, type ListPrice } from './credit.js';
import { Reports, type Report } from './reports.js';
import { bucketKey, settle } from './settle.js';
import { FLOWS, type Flow, type Party, type Terms } from './terms.js';

/** A change of an issued period on a later statement, in cents; `kind` is null for conceded money. */
export interface Adjustment extends Omit<Charge, 'kind'> {
  kind: string | null;
  originalPeriod: string;
}

/** What a statement has to say; money in cents, balances positive where A owes B. */
export interface Expected extends Charged {
  period: string;
  adjustments: Adjustment[];
  payable: Record<Party, bigint>;
  opening: bigint;
  paid: bigint;
  closing: bigint;
  /** What each party credits with it: by period, flow and claim the change in bytes and cents. */
  credits: Record<Party, CreditChange[]>;
}

export interface CreditChange {
  period: string;
  flow: Flow;
  customer: string;
  from: number;
  unitPrice: string | null;
  bytes: bigint;
  amount: bigint;
}

interface Issued {
  period: string;
  charges: Charge[];
}

interface State {
  issued: Issued[];
  credited: Map<string, Credited>;
  conceded: Adjustment[];
  paid: bigint;
  balance: bigint;
}

/** An agreement's books, kept from what its parties send and agree on alone (sections 4 to 10). */
export class Books {
  private readonly reports = new Reports();
  private readonly versions: { from: string; terms: Terms }[] = [];
  private readonly agreed = new Map<string, bigint>();
  private readonly issued: Issued[] = [];
  private readonly credited = new Map<string, Credited>();
  private readonly prices: Record<Party, ListPrice[]> = { A: [], B: [] };
  private conceded: Adjustment[] = [];
  private paid = 0n;
  private balance = 0n;
  /** All that an issue changes, as it was before the last one. */
  private before: State | null = null;

  /** In a currency with so many decimals; what parties credit is in one of their own with two. */
  constructor(
    readonly timezone: string,
    readonly decimals = 2,
  ) {}

  inForce(from: string, terms: Terms): void {
    this.versions.push({ from, terms });
  }

  price(party: Party, prices: readonly ListPrice[]): void {
    this.prices[party].push(...prices);
  }

  report(party: Party, reports: readonly Report[]): void {
    this.reports.take(party, reports);
  }

  agree(flow: Flow, start: number, region: string, bytes: bigint): void {
    this.agreed.set(bucketKey(flow, start, region), bytes);
  }

  /** Money conceded about a period's charge: how much more, or with a minus less, the payer pays. */
  concede(originalPeriod: string, direction: Flow | null, payer: Party, amount: bigint): void {
    this.conceded.push({ kind: null, originalPeriod, direction, tier: null, payer, amount });
  }

  /** A payment of A to B, or with a minus of B to A. */
  pay(amount: bigint): void {
    this.paid += amount;
  }

  /** What A owes B now. */
  get owed(): bigint {
    return this.balance - this.paid;
  }

  termsOf(period: string): Terms {
    return this.versions.filter(({ from }) => from <= period).at(-1)!.terms;
  }

  /** What a period comes to with all that is known. */
  compute(period: string): Charged {
    const terms = this.termsOf(period);
    const buckets = settle(this.reports, terms, period, this.timezone, this.agreed);
    const samples = bucketsOf(period, terms.reconciliation.bucket, this.timezone).length;
    return charge(buckets, terms, samples, this.decimals);
  }

  /** Makes the last statement void: what it carried is still to be carried. */
  takeBackLast(): void {
    if (!this.before) throw new Error('no statement to take back');
    const { issued, credited, conceded, paid, balance } = this.before;
    this.issued.splice(0, this.issued.length, ...issued);
    this.credited.clear();
    for (const [key, value] of credited) this.credited.set(key, value);
    this.conceded = [...conceded];
    // Payments since the void statement are left out of none.
    this.paid += paid;
    this.balance = balance;
    this.before = null;
  }

  /** Issues the statement of a period, and with it what changed of those before. */
  issue(period: string): Expected {
    this.before = {
      issued: this.issued.map((each) => ({ period: each.period, charges: [...each.charges] })),
      credited: new Map(this.credited),
      conceded: [...this.conceded],
      paid: this.paid,
      balance: this.balance,
    };
    const now = this.compute(period);
    const credits: Expected['credits'] = { A: [], B: [] };
    const adjustments: Adjustment[] = [];
    for (const earlier of this.issued) {
      const known = this.compute(earlier.period);
      for (const change of difference(known.charges, earlier.charges)) {
        adjustments.push({ ...change, originalPeriod: earlier.period });
        earlier.charges.push(change);
      }
      this.credit(earlier.period, known, credits);
    }
    adjustments.push(...this.conceded);
    this.conceded = [];
    this.issued.push({ period, charges: [...now.charges] });
    this.credit(period, now, credits);
    const payable = { A: 0n, B: 0n };
    for (const { payer, amount } of [...now.charges, ...adjustments]) payable[payer] += amount;
    const opening = this.balance;
    const { paid } = this;
    this.balance = opening + payable.A - payable.B - paid;
    this.paid = 0n;
    return { ...now, period, adjustments, payable, opening, paid, closing: this.balance, credits };
  }

  private credit(period: string, { zeroRated }: Charged, credits: Expected['credits']): void {
    const month = monthOf(period, this.timezone);
    const terms = this.termsOf(period);
    for (const party of ['A', 'B'] as const) {
      for (const flow of FLOWS) {
        const key = `${party} ${flow} ${period}`;
        const before: Credited = this.credited.get(key) ?? new Map();
        const reports = this.reports.of(party, flow, month.start, month.end);
        const claims = claimsOf(reports, this.prices[party], flow, terms, month);
        const after = credit(claims, zeroRated[flow], before);
        this.credited.set(key, after);
        for (const [name, { claim, bytes, amount }] of after) {
          const was = before.get(name) ?? { bytes: 0n, amount: 0n };
          if (claim.customer === '' || claim.unit === null || (bytes === was.bytes && amount === was.amount))
            continue;
          const { customer, from, unitPrice } = claim;
          const change = { bytes: bytes - was.bytes, amount: amount - was.amount };
          credits[party].push({ period, flow, customer, from, unitPrice, ...change });
        }
      }
    }
  }
}

/** What charges come to beyond others, kind by kind; those that came to nothing are left out. */
function difference(now: readonly Charge[], before: readonly Charge[]): Charge[] {
  const sums = new Map<string, Charge>();
  const add = ({ kind, direction, tier, payer, amount }: Charge, sign: bigint): void => {
    const key = JSON.stringify([kind, direction, tier, payer]);
    const sum = sums.get(key) ?? { kind, direction, tier, payer, amount: 0n };
    sum.amount += sign * amount;
    sums.set(key, sum);
  };
  for (const each of now) add(each, 1n);
  for (const each of before) add(each, -1n);
  return [...sums.values()].filter(({ amount }) => amount !== 0n);
}
