import { request as httpRequest } from 'node:http';
import type { Worker } from 'node:worker_threads';
import { FIRST_BYTES } from '../../src/traffic/body-feed.js';
import { IntakeThread } from '../../src/traffic/intake-thread.js';
import { intakePlan } from '../support/intake.js';
import { hourly, startMarket, type Deal, type Market } from '../support/market.js';
import { until } from '../support/until.js';

describe('the thread that reads batches dies', () => {
  let market: Market;

  beforeAll(async () => {
    market = await startMarket();
  });

  afterAll(() => market.close());

  /** The thread that runs now, and the batches that it reads. */
  const inside = () =>
    market.get(IntakeThread) as unknown as { worker: Worker | null; open: ReadonlyMap<number, unknown> };

  /** A batch of many records that has begun, and ends when it is told to. */
  function openStream(deal: Deal) {
    const request = httpRequest(`${market.url}/v1/agreements/${deal.code}/batches`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${deal.a.key}`, 'Content-Type': 'application/x-ndjson' },
    });
    const answer = new Promise<{ status: number; text: string }>((resolve, reject) => {
      request.on('error', reject);
      request.on('response', (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => resolve({ status: response.statusCode!, text }));
      });
    });
    // An answer may come before all is sent; whoever waits for it hears of what went wrong.
    answer.catch(() => undefined);
    request.write(linesOf(0, 21_000) + '\n'.repeat(FIRST_BYTES));
    return { answer, end: () => request.end(linesOf(21_000, 10)) };
  }

  const linesOf = (from: number, count: number): string =>
    Array.from({ length: count }, (_, n) => `${JSON.stringify(hourly(`r${from + n}`, '05T10', 1))}\n`).join(
      '',
    );

  const countOf = async (deal: Deal): Promise<Record<string, number>> => {
    const tables = ['traffic_records', 'batches', 'usage_buckets', 'usage_customers', 'usage_periods'];
    const counts = await Promise.all(
      tables.map(async (table) => {
        const [row] = await market.database.query<{ count: string }>(
          `SELECT count(*) FROM ${table} WHERE agreement_id = (SELECT id FROM agreements WHERE code = $1)`,
          [deal.code],
        );
        return [table, Number(row!.count)] as const;
      }),
    );
    return Object.fromEntries(counts);
  };

  const NOTHING = { traffic_records: 0, batches: 0, usage_buckets: 0, usage_customers: 0, usage_periods: 0 };

  test('batches in flight fail without a word about why, store nothing, and work when they are sent again', async () => {
    const deals = [await market.deal(), await market.deal()];
    const streams = deals.map(openStream);
    await until('both are being read', () => inside().open.size === 2);
    const first = inside().worker!;
    await first.terminate();
    for (const { answer } of streams) {
      const { status, text } = await answer;
      expect({ status, code: JSON.parse(text).code }).toEqual({ status: 500, code: 'internal_error' });
      expect(text).not.toMatch(/thread|code 1|worker|\.js|node:/i);
      expect(JSON.parse(text)).not.toHaveProperty('errors');
    }
    expect(inside().open.size).toBe(0);
    for (const deal of deals) expect(await countOf(deal)).toEqual(NOTHING);
    // Whoever looks into the log finds the reason.
    expect(JSON.stringify(market.logs())).toContain('The intake thread ended');

    const again = openStream(deals[0]!);
    again.end();
    const { status, text } = await again.answer;
    expect({ status, counts: JSON.parse(text).counts }).toMatchObject({
      status: 201,
      counts: { created: 21_010 },
    });
    expect(inside().worker).not.toBe(first);
    await market.take(deals[1]!, deals[1]!.a, [hourly('r1', '05T10', 1)]);
    expect(await countOf(deals[1]!)).toMatchObject({ traffic_records: 1, batches: 1, usage_periods: 1 });
  });

  test('between two batches nobody notices', async () => {
    const deal = await market.deal();
    await market.take(deal, deal.a, [hourly('r1', '05T10', 1)]);
    await inside().worker!.terminate();
    await market.take(deal, deal.a, [hourly('r2', '05T10', 1)]);
    expect(await countOf(deal)).toMatchObject({ traffic_records: 2, batches: 2 });
  });
});

describe('whoever waits for a thread', () => {
  const threads: IntakeThread[] = [];

  /** A thread that does what the code says with each `message`. */
  function threadOf(code: string): IntakeThread {
    const script = `import { parentPort as port } from 'node:worker_threads';
      port.on('message', (message) => { ${code} });`;
    const thread = new IntakeThread(new URL(`data:text/javascript,${encodeURIComponent(script)}`));
    threads.push(thread);
    return thread;
  }

  afterEach(async () => {
    for (const thread of threads.splice(0)) await thread.onModuleDestroy();
  });

  test.each([
    [
      'that throws',
      `if (message.kind === 'part') throw new Error('broken in the thread');`,
      /broken in the thread/,
    ],
    ['that ends', `if (message.kind === 'part') process.exit(3);`, /ended with code 3/],
    [
      'that says what failed',
      `if (message.kind === 'part') port.postMessage({ kind: 'failed', batch: message.batch, failure: { message: 'why' } });`,
      /^why$/,
    ],
    [
      'that has no memory left',
      `if (message.kind === 'part') { const kept = []; for (;;) kept.push(Array.from({ length: 1e6 }, () => ({}))); }`,
      /memory/,
    ],
  ])('%s hears of it: for a step, a comparison and room', async (_, code, reason) => {
    const thread = threadOf(code);
    const batches = [thread.read(intakePlan()), thread.read(intakePlan())];
    for (const batch of batches) {
      const step = expect(batch.step()).rejects.toThrow(reason);
      // More than may be on its way: it waits for room, and then for nothing any more.
      expect(await batch.write(Buffer.alloc(1_000_000))).toBe(true);
      await step;
      await expect(batch.compare(new Uint8Array(8), [], [])).rejects.toThrow(reason);
      batch.close();
      expect(await batch.write(Buffer.alloc(8))).toBe(false);
    }
  });

  test('gets a problem with its code and its errors', async () => {
    const failure = {
      message: 'm',
      problem: {
        code: 'too_many_records',
        definition: { status: 413, title: 'Too many' },
        detail: 'send less',
        extras: { errorCount: 7 },
      },
    };
    const thread = threadOf(
      `port.postMessage({ kind: 'failed', batch: message.batch, failure: ${JSON.stringify(failure)} });`,
    );
    const batch = thread.read(intakePlan());
    await expect(batch.step()).rejects.toMatchObject({
      ...{ name: 'Problem', code: 'too_many_records', detail: 'send less' },
      ...{ definition: { status: 413 }, extras: { errorCount: 7 } },
    });
  });

  test('does not hear of what another batch did, nor of one that it closed', async () => {
    const thread = threadOf(
      `const { batch, kind } = message;
       if (kind === 'end') port.postMessage({ kind: 'failed', batch, failure: { message: 'ended ' + batch } });`,
    );
    const [first, second, third] = [
      thread.read(intakePlan()),
      thread.read(intakePlan()),
      thread.read(intakePlan()),
    ];
    first.end();
    first.close();
    const step = second.step();
    third.end();
    await expect(third.step()).rejects.toThrow('ended 3');
    second.end();
    await expect(step).rejects.toThrow('ended 2');
  });
});
