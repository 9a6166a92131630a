import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { hourly, PERIOD, startMarket, type Deal, type Market, type Sent } from '../support/market.js';

const STREAM_CONCURRENCY = 3;
/** Of the service that `startMarket` makes. */
const POOL_SIZE = 10;
/** Far below the time after which a stalled stream is given up, and far above what an answer takes. */
const SERVED_WITHIN_MS = 8_000;
/** Enough for a stream to have been read for a while before it stalls. */
const LONG_STREAM_RECORDS = 12_000;

let market: Market;
const stalled: StalledStream[] = [];

beforeAll(async () => {
  market = await startMarket({
    worker: true,
    environment: { STREAM_CONCURRENCY: String(STREAM_CONCURRENCY) },
  });
});

afterEach(async () => {
  for (const stream of stalled.splice(0)) stream.cutOff();
  // What it held is free again once the server noticed.
  await sleep(100);
});

afterAll(() => market.close());

describe('clients that send half of a stream and stop', () => {
  it.each([
    ['after one record', 2],
    ['after thousands of records', LONG_STREAM_RECORDS],
  ])('%s on one agreement keep nothing else waiting', async (_, count) => {
    const [theirs, other] = [await market.deal(), await market.deal()];
    await served('a first batch', market.take(theirs, theirs.a, [hourly('before', '05T00', 7)]));
    for (let n = 0; n < 2 * STREAM_CONCURRENCY; n += 1) await stall(theirs, records(`half-${n}`, count));
    await expectService(other);

    // The counterparty of the stalled one, on the very same agreement.
    await served('the other side’s batch', market.take(theirs, theirs.b, [hourly('r1', '05T00', 7)]));
    await served('the close of the same agreement', market.closePeriod(theirs));
    expect(await sumOf(theirs, 'sender')).toBe('7');
  });

  it.each([
    ['after one record', 2],
    ['after thousands of records', LONG_STREAM_RECORDS],
  ])(
    '%s on as many agreements as streams are written at once keep nothing else waiting',
    async (_, count) => {
      for (let n = 0; n < STREAM_CONCURRENCY; n += 1)
        await stall(await market.deal(), records('half', count));
      await expectService(await market.deal());
    },
  );

  it('may go on and are taken whole; those that never do leave nothing behind', async () => {
    const [patient, gone] = [await market.deal(), await market.deal()];
    const sent = records('r', 5_000);
    const stream = await stall(patient, sent);
    const lost = await stall(gone, sent);
    await sleep(300);
    expect(await sumOf(patient, 'sender')).toBe('0');
    lost.cutOff();
    const answer = await served('the rest of the stream', stream.finish());
    expect(answer).toMatchObject({ status: 201, body: { counts: { received: 5_000, created: 5_000 } } });
    expect(await sumOf(patient, 'sender')).toBe(total(sent));
    expect(await idsOf(gone)).toEqual([]);
    // Its sender comes back, and is neither told that records are there nor kept out.
    const again = await served('the same again', market.take(gone, gone.a, sent, { as: 'ndjson' }));
    expect(again.body.counts).toMatchObject({ created: 5_000, duplicate: 0 });
  });
});

describe('a read', () => {
  it('is served where as many streams stall as the pool has connections', async () => {
    const environment = { STREAM_CONCURRENCY: String(POOL_SIZE + 2) };
    const generous = await startMarket({ environment });
    try {
      const deals: Deal[] = [];
      for (let n = 0; n < POOL_SIZE; n += 1) deals.push(await generous.deal());
      for (const deal of deals) await stall(deal, records('half', LONG_STREAM_RECORDS), generous.url);
      // Until each was read as far as it goes.
      await sleep(5_000);
      const { a } = deals[0]!;
      const read = await served('a read', generous.request('GET', '/v1/balances', { key: a.key }));
      expect(read.status).toBe(200);
    } finally {
      for (const stream of stalled.splice(0)) stream.cutOff();
      await generous.close();
    }
  });
});

describe('more streams than are written at once', () => {
  it('wait for their turn or are told when to come again, and nothing accepted is lost', async () => {
    const deals: Deal[] = [];
    for (let n = 0; n < 4 * STREAM_CONCURRENCY; n += 1) deals.push(await market.deal());
    const sent = records('r', 400);
    const answers = await Promise.all(
      deals.map(async (deal) => {
        for (let attempt = 0; attempt < 30; attempt += 1) {
          const answer = await sendSlowly(deal, sent);
          if (answer.status === 201) return answer;
          expectToComeAgain(answer);
          await sleep(Math.min(1_000, Number(answer.retryAfter) * 1_000));
        }
        throw new Error(`${deal.code} was put off 30 times`);
      }),
    );
    for (const { body } of answers) expect(body.counts).toMatchObject({ received: 400, created: 400 });
    for (const deal of deals) {
      expect(await sumOf(deal, 'sender')).toBe(total(sent));
      expect((await idsOf(deal)).sort()).toEqual(sent.map(({ id }) => id).sort());
    }
  });
});

/** What another party does all day is answered while others stall. */
async function expectService(deal: Deal): Promise<void> {
  const sent = records('r', 2_500);
  const [json, ndjson] = [sent.slice(0, 500), sent.slice(500)];
  await served('a batch as JSON', market.take(deal, deal.a, json));
  await served('a batch as a stream', market.take(deal, deal.a, ndjson, { as: 'ndjson' }));
  expect(await served('a read of records', idsOf(deal))).toHaveLength(sent.length);
  expect(await served('a read of sums', sumOf(deal, 'sender'))).toBe(total(sent));
  for (const path of ['/v1/balances', '/health/ready']) {
    const { status } = await served(path, market.request('GET', path, { key: deal.b.key }));
    expect(status).toBe(200);
  }
  const statement = await served('a close', market.closePeriod(deal));
  expect(statement).toMatchObject({ agreement: deal.code, period: PERIOD, state: 'issued' });
}

async function served<T>(what: string, answer: Promise<T>): Promise<T> {
  const late = new AbortController();
  const timer = sleep(SERVED_WITHIN_MS, undefined, { signal: late.signal }).then(
    () => Promise.reject(new Error(`${what} was not served in ${SERVED_WITHIN_MS} ms`)),
    () => undefined as never,
  );
  try {
    return await Promise.race([answer, timer]);
  } finally {
    late.abort();
  }
}

function records(name: string, count: number): Sent[] {
  return Array.from({ length: count }, (_, n) => hourly(`${name}-${n}`, `0${1 + (n % 9)}T00`, n + 1));
}

function total(sent: readonly Sent[]): string {
  return String(sent.reduce((sum, { bytes }) => sum + BigInt(bytes), 0n));
}

async function sumOf(deal: Deal, side: 'sender' | 'receiver'): Promise<string> {
  const path = `/v1/agreements/${deal.code}/periods/${PERIOD}/reconciliation`;
  const { body } = await market.request('GET', path, { key: deal.b.key });
  return body.directions.aToB[`${side}Bytes`];
}

/** The ids of A's records, every one as often as it is stored. */
async function idsOf(deal: Deal): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const path = `/v1/agreements/${deal.code}/traffic-records?limit=1000${cursor && `&cursor=${cursor}`}`;
    const { body } = await market.request('GET', path, { key: deal.a.key });
    ids.push(...body.data.map(({ id }: { id: string }) => id));
    cursor = body.nextCursor;
  }
  return ids;
}

interface StreamAnswer {
  status: number;
  retryAfter: string | undefined;
  body: any;
}

/** A stream of A's whose first half is sent. */
interface StalledStream {
  finish(): Promise<StreamAnswer>;
  cutOff(): void;
}

async function stall(deal: Deal, sent: readonly Sent[], url = market.url): Promise<StalledStream> {
  const { stream, answer, halves } = openStream(deal, sent, url);
  await new Promise<void>((resolve, reject) => {
    stream.write(halves[0], (error) => (error ? reject(error) : resolve()));
    // A server with no room for it need not read it: it is stalled all the same.
    setTimeout(resolve, 1_000);
  });
  const opened: StalledStream = {
    finish: () => {
      stream.end(halves[1]);
      return answer;
    },
    cutOff: () => stream.destroy(),
  };
  stalled.push(opened);
  return opened;
}

async function sendSlowly(deal: Deal, sent: readonly Sent[]): Promise<StreamAnswer> {
  const { stream, answer, halves } = openStream(deal, sent);
  stream.write(halves[0]);
  await sleep(150);
  stream.end(halves[1]);
  return answer;
}

function openStream(
  deal: Deal,
  sent: readonly Sent[],
  url = market.url,
): { stream: ClientRequest; answer: Promise<StreamAnswer>; halves: [string, string] } {
  const stream = request(`${url}/v1/agreements/${deal.code}/batches`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${deal.a.key}`, 'Content-Type': 'application/x-ndjson' },
  });
  const answer = new Promise<StreamAnswer>((resolve, reject) => {
    stream.once('response', (response) => void readAnswer(response).then(resolve, reject));
    stream.on('error', reject);
  });
  // Nobody waits for the answer of a stream that is cut off.
  answer.catch(() => undefined);
  const text = sent.map((record) => JSON.stringify(record)).join('\n');
  // In the middle of a line, where it hurts most.
  const middle = Math.floor(text.length / 2) + 5;
  return { stream, answer, halves: [text.slice(0, middle), text.slice(middle)] };
}

async function readAnswer(response: IncomingMessage): Promise<StreamAnswer> {
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  return {
    status: response.statusCode!,
    retryAfter: response.headers['retry-after'],
    body: JSON.parse(Buffer.concat(parts).toString()),
  };
}

function expectToComeAgain({ status, retryAfter, body }: StreamAnswer): void {
  expect({ status, code: body.code }).toEqual({ status: 503, code: 'ingest_busy' });
  expect(retryAfter).toMatch(/^[1-9]\d*$/);
}
