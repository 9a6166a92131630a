import { request as httpRequest } from 'node:http';
import {
  expectStatus,
  FREE,
  hourly,
  PERIOD,
  startMarket,
  type Deal,
  type Market,
} from '../support/market.js';
import { Random } from '../support/random.js';
import { FIRST_BYTES } from '../../src/traffic/body-feed.js';
import { until } from '../support/until.js';
import { recomputedSums, storedSums } from './usage-oracle.js';

let market: Market;
let deal: Deal;

beforeAll(async () => {
  market = await startMarket({ worker: true });
});

afterAll(() => market.close());

const TERMS = {
  reconciliation: { scope: ['service'], scopeValues: { service: ['video'] } },
  directions: { aToB: { zeroRating: { kind: 'all' } } },
};

beforeEach(async () => {
  deal = await market.deal({
    terms: TERMS,
    prices: { a: [{ side: 'egress', unit: 'GB', unitPrice: '0.22' }] },
  });
});

const record = (n: number): object => hourly(`r${n}`, '05T10', 10 ** 9, { service: 'video', customer: 'c' });

/** A batch that is being read: it has begun, and ends when it is told to. */
async function openStream() {
  const request = httpRequest(`${market.url}/v1/agreements/${deal.code}/batches`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${deal.a.key}`, 'Content-Type': 'application/x-ndjson' },
  });
  const answered = new Promise<{ status: number; retryAfter: string | undefined; body: any }>(
    (resolve, reject) => {
      request.on('error', reject);
      request.on('response', (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () =>
          resolve({
            status: response.statusCode!,
            retryAfter: response.headers['retry-after'],
            body: JSON.parse(text),
          }),
        );
      });
    },
  );
  // Empty lines: a batch is written once enough of it is there to be worth a place.
  request.write(`${JSON.stringify(record(1))}\n${'\n'.repeat(FIRST_BYTES)}`);
  await until('the batch is being written', async () => {
    const locks = await market.database.query(
      `SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    return locks.length > 0;
  });
  return {
    end: () => {
      request.end(`${JSON.stringify(record(2))}\n`);
      return answered;
    },
  };
}

const recordsStored = async (): Promise<number> => {
  const { body } = await market.request('GET', `/v1/agreements/${deal.code}/traffic-records`, {
    key: deal.a.key,
  });
  return body.data.length;
};

describe('a batch that is being read', () => {
  it('while the period is closed is refused as a whole, and so when it is sent again', async () => {
    const stream = await openStream();
    const statement = await market.closePeriod(deal);
    expect(await stream.end()).toMatchObject({
      status: 409,
      retryAfter: '1',
      body: { code: 'agreement_changed' },
    });
    expect(await recordsStored()).toBe(0);
    expect(statement.declaredBytes.aToB.sender).toBe('0');
    const again = await market.send(deal, deal.a, [record(1), record(2)]);
    expect(again.body.errors).toMatchObject([{ code: 'period_closed' }, { code: 'period_closed' }]);
  });

  it('while its period is closed and another is opened again is refused as well', async () => {
    await market.closePeriod(deal, '2025-04');
    const stream = await openStream();
    const statement = await market.closePeriod(deal);
    // What a void statement does to its period.
    await market.database.query(
      `DELETE FROM closed_periods
        WHERE period = '2025-04' AND agreement_id = (SELECT id FROM agreements WHERE code = $1)`,
      [deal.code],
    );
    expect(await stream.end()).toMatchObject({ status: 409, body: { code: 'agreement_changed' } });
    expect(statement.declaredBytes.aToB.sender).toBe('0');
    expect(await recordsStored()).toBe(0);
  });

  it('while another period is closed may be sent again', async () => {
    const stream = await openStream();
    await market.closePeriod(deal, '2025-04');
    expect((await stream.end()).status).toBe(409);
    await market.take(deal, deal.a, [record(1), record(2)]);
    expect(await storedSums(market.database, deal.code)).toEqual(
      await recomputedSums(market.database, deal.code),
    );
  });

  it.each([
    [
      'terms come into force',
      () => market.agree(deal, { ...TERMS, reconciliation: { ...TERMS.reconciliation, bucket: '5min' } }),
    ],
    [
      'a price is added',
      () =>
        market.addPrices(deal.a, [
          { side: 'egress', unit: 'GB', unitPrice: '0.10', from: `${PERIOD}-04T00:00:00Z` },
        ]),
    ],
  ])('while %s is refused, and taken when it is sent again, by what holds now', async (_, change) => {
    const stream = await openStream();
    expect((await change()).status).toBeLessThan(300);
    expect(await stream.end()).toMatchObject({ status: 409, body: { code: 'agreement_changed' } });
    expect(await recordsStored()).toBe(0);
    // An hour is longer than a bucket of 5 minutes: such terms refuse the records themselves.
    const again = await market.send(deal, deal.a, [record(1), record(2)]);
    const tooLong = again.body.errors?.every(({ code }: { code: string }) => code === 'interval_too_long');
    expect(again.status === 201 || tooLong).toBe(true);
    expect(await storedSums(market.database, deal.code)).toEqual(
      await recomputedSums(market.database, deal.code),
    );
  });

  it('while the other party reports, or terms are only proposed, is not disturbed', async () => {
    const stream = await openStream();
    const proposed = await market.request('POST', `/v1/agreements/${deal.code}/versions`, {
      key: deal.b.key,
      body: { effectiveFrom: PERIOD, terms: FREE },
    });
    expectStatus(proposed, 201);
    await market.take(deal, deal.b, [
      hourly('r1', '05T10', 10 ** 9, { direction: 'ingress', service: 'video' }),
    ]);
    expect(await stream.end()).toMatchObject({ status: 201, body: { counts: { created: 2 } } });
  });
});

describe('batches that race with a close', () => {
  it('are in the statement when they were acknowledged, and refused otherwise', async () => {
    const random = new Random(4_711);
    const seen = new Set<string>();
    for (let round = 0; round < 8; round++) {
      deal = await market.deal();
      let acknowledged = 0n;
      const report = async (writer: number): Promise<void> => {
        for (let n = 0; n < 10; n++) {
          const bytes = 1 + random.below(1_000);
          const party = writer % 2 ? deal.a : deal.b;
          const direction = writer % 2 ? 'egress' : 'ingress';
          const answer = await market.send(deal, party, [
            hourly(`w${writer}-${n}`, '05T10', bytes, { direction }),
          ]);
          seen.add(answer.body.errors?.[0]?.code ?? answer.body.code ?? 'taken');
          if (answer.status === 201) acknowledged += BigInt(bytes);
        }
      };
      const close = async (): Promise<any> => {
        // Somewhere among the batches.
        const enough = 1 + random.below(12);
        await until('some batches are in', async () => {
          const [row] = await market.database.query<{ count: string }>(
            `SELECT count(*) FROM batches WHERE agreement_id = (SELECT id FROM agreements WHERE code = $1)`,
            [deal.code],
          );
          return Number(row!.count) >= enough;
        });
        return market.closePeriod(deal);
      };
      const [statement] = await Promise.all([close(), report(1), report(2), report(3), report(4)]);
      const { sender, receiver } = statement.declaredBytes.aToB;
      expect(BigInt(sender) + BigInt(receiver)).toBe(acknowledged);
      // The rest of the room agrees: nothing was taken after the issue.
      const preview = await market.request(
        'GET',
        `/v1/agreements/${deal.code}/periods/${PERIOD}/reconciliation`,
        {
          key: deal.a.key,
        },
      );
      expect(preview.body.directions.aToB).toMatchObject({ senderBytes: sender, receiverBytes: receiver });
    }
    expect(
      [...seen].filter((code) => !['taken', 'period_closed', 'agreement_changed'].includes(code)),
    ).toEqual([]);
    expect(seen).toContain('taken');
    expect(seen).toContain('period_closed');
  });
});
