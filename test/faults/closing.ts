import pg from 'pg';
import { LedgerService } from '../../src/ledger/index.js';
import { expectStatus, hourly, PERIOD, startMarket, type Deal, type Market } from '../support/market.js';
import { Processes, type Service } from '../support/processes.js';
import { until } from '../support/until.js';

const TERMS = {
  directions: {
    aToB: { zeroRating: { kind: 'all' } },
    bToA: { pricing: { model: 'linear', unit: 'GB', unitPrice: '0.01' } },
  },
};

/** An API without workers, and one deal a test that is worth 5.00 and 2200.00 of credits. */
export class Closing {
  readonly processes = new Processes();
  deal!: Deal;

  private constructor(readonly market: Market) {}

  static async open(): Promise<Closing> {
    return new Closing(await startMarket());
  }

  async newDeal(): Promise<Deal> {
    const { market } = this;
    const prices = { a: [{ side: 'egress', unit: 'GB', unitPrice: '0.22' } as const] };
    this.deal = await market.deal({ terms: TERMS, prices });
    await market.take(this.deal, this.deal.a, [hourly('r1', '05T00', '10000000000000', { customer: 'c1' })]);
    await market.take(this.deal, this.deal.b, [hourly('r1', '05T01', '500000000000')]);
    return this.deal;
  }

  async close(): Promise<void> {
    await this.processes.cleanUp();
    await this.market.close();
  }

  worker(more: Record<string, string> = {}): Service {
    return this.processes.worker({ DATABASE_URL: this.market.database.url, JOB_LOCK_MS: '1000', ...more });
  }

  /** Asks for a period's close as the operator, and gives the job's id. */
  async ask(period = PERIOD): Promise<string> {
    const path = `/v1/agreements/${this.deal.code}/periods/${period}/close`;
    const asked = await this.market.request('POST', path, { key: this.market.operatorKey });
    return expectStatus(asked, 202).body.id;
  }

  /** The deal's statements by number, after holding them and the books to what must always be true. */
  async statements(): Promise<any[]> {
    const { market, deal } = this;
    const { body } = await market.request('GET', `/v1/statements?agreement=${deal.code}`, {
      key: deal.a.key,
    });
    const issued = body.data.sort((a: any, b: any) => (a.number < b.number ? -1 : 1));
    issued.forEach((each: any, n: number) => {
      expect(each).toMatchObject({
        number: `${deal.code}-${String(n + 1).padStart(4, '0')}`,
        previousSha256: issued[n - 1]?.sha256 ?? null,
        openingBalance: issued[n - 1]?.closingBalance ?? '0.00',
      });
    });
    expect(await market.acting(LedgerService).verify()).toMatchObject({ ok: true });
    const balances = expectStatus(await market.request('GET', '/v1/balances', { key: deal.a.key }), 200);
    const inBooks = balances.body.data[0] ?? { net: '0.00', creditsGiven: '0.00' };
    const { closingBalance } = issued.at(-1) ?? { closingBalance: '0.00' };
    expect(inBooks.net).toBe(closingBalance.replace('-', ''));
    expect(inBooks.creditsGiven).toBe(issued.length > 0 ? '2200.00' : '0.00');
    return issued;
  }

  /** Keeps every close from getting past its credits until released. */
  async holdCredits(): Promise<{ release: () => Promise<void> }> {
    const client = new pg.Client({ connectionString: this.market.database.url });
    await client.connect();
    await client.query('BEGIN');
    await client.query('LOCK TABLE credits IN EXCLUSIVE MODE');
    return {
      release: async () => {
        await client.query('COMMIT');
        await client.end();
      },
    };
  }

  async closesThatWait(): Promise<number> {
    const rows = await this.market.database.query(
      `SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'peerledger worker'
          AND wait_event_type = 'Lock' AND query LIKE 'INSERT INTO credits%'`,
    );
    return rows.length;
  }

  /** Waits until another worker, too, runs the close, and waits for the agreement's clock. */
  takeoverWaits(): Promise<true> {
    return until('another has taken the job over', async () => {
      const rows = await this.market.database.query(
        `SELECT FROM pg_stat_activity
          WHERE datname = current_database() AND application_name = 'peerledger worker'
            AND wait_event_type = 'Lock' AND query LIKE '%FROM agreement_clocks%FOR UPDATE%'`,
      );
      return rows.length > 0;
    });
  }

  closeWaits(): Promise<true> {
    return until('a close waits in the middle', async () => (await this.closesThatWait()) > 0);
  }
}
