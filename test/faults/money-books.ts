import { IntegrityService } from '../../src/integrity/index.js';
import { LedgerService, type LedgerBalance } from '../../src/ledger/index.js';
import type { Random } from '../support/random.js';
import type { Deal, Market } from '../support/market.js';

/** What has to hold in both books of a deal, whatever happened. */
export class MoneyBooks {
  /** At which balances are compared, besides now. */
  readonly instants: number[] = [];
  private tables: string[] | null = null;

  constructor(
    private readonly market: Market,
    private readonly deal: Deal,
    private readonly agreementId: string,
    private readonly random: Random,
  ) {}

  /** What A owes B less what B owes A, below nothing where A owes. */
  async net(): Promise<bigint> {
    return (await this.balance(this.deal.a.id))?.net ?? 0n;
  }

  /** Chains, seals, sums, hashes; and that each book says of the other what that says of itself, at any instant. */
  async expectSound(): Promise<void> {
    const of = { agreements: [this.agreementId], auditChains: 'none' } as const;
    expect(await this.market.acting(IntegrityService).verify(of)).toMatchObject({ firstProblem: null });
    for (const asOf of [...this.instants, Date.now()].map((instant) => new Date(instant))) {
      await this.expectMirror({ asOf });
      await this.expectMirror({ asOf, recordedAsOf: new Date(Date.now() - this.random.below(2000)) });
    }
  }

  /** A statement is settled only while nothing of what A and B owe under it can be open. */
  async expectSettledIsPaid(statements: readonly any[]): Promise<void> {
    const path = `/v1/statements?agreement=${this.deal.code}&state=settled`;
    const settled: any[] = (await this.market.request('GET', path, { key: this.deal.a.key })).body.data;
    const book = await this.balance(this.deal.a.id);
    for (const [figure, open] of [
      ['payableByA', (book?.payable ?? 0n) + (book?.disputedPayable ?? 0n)],
      ['payableByB', (book?.receivable ?? 0n) + (book?.disputedReceivable ?? 0n)],
    ] as const) {
      // More may be open than was charged: a refund whose payment was reversed later is owed back.
      const paid = sumOf(statements, figure) - open;
      expect(sumOf(settled, figure)).toBeLessThanOrEqual(paid > 0n ? paid : 0n);
    }
  }

  /** Every row that there is of the agreement, whichever table it is in. */
  async rows(): Promise<unknown[]> {
    const { database } = this.market;
    this.tables ??= (
      await database.query<{ name: string }>(
        `SELECT relname AS name FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
          WHERE attname = 'agreement_id' AND relkind = 'r' AND relnamespace = 'public'::regnamespace`,
      )
    ).map(({ name }) => name);
    const each = (name: string): string =>
      `SELECT '${name}' AS table, t::text AS row FROM ${name} t WHERE agreement_id = $1`;
    return database.query(`${this.tables.map(each).join(' UNION ALL ')} ORDER BY 1, 2`, [this.agreementId]);
  }

  private async expectMirror(at: { asOf: Date; recordedAsOf?: Date }): Promise<void> {
    const [a, b] = [await this.balance(this.deal.a.id, at), await this.balance(this.deal.b.id, at)];
    const figures = (one?: LedgerBalance) => [one?.receivable, one?.disputedReceivable, one?.net];
    const mirrored = (other?: LedgerBalance) => [other?.payable, other?.disputedPayable, other && -other.net];
    expect(figures(a)).toEqual(mirrored(b));
    expect(figures(b)).toEqual(mirrored(a));
  }

  private async balance(
    bookId: string,
    at: { asOf?: Date; recordedAsOf?: Date } = {},
  ): Promise<LedgerBalance | undefined> {
    const of = { bookId, agreementId: this.agreementId, ...at };
    return (await this.market.acting(LedgerService).balances(of))[0];
  }
}

/** What statements say under a name, added up in cents. */
export function sumOf(statements: readonly any[], figure: string): bigint {
  return statements.reduce((sum: bigint, statement) => sum + centsOf(statement[figure]), 0n);
}

export function centsOf(amount: string): bigint {
  return BigInt(amount.replace('.', ''));
}
