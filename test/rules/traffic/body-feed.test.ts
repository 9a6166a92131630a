import { PassThrough } from 'node:stream';
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { BodyFeed, FIRST_BYTES } from '../../../src/traffic/body-feed.js';
import type { OpenBatch } from '../../../src/traffic/intake-thread.js';

const LIMITS = {
  min_bytes_per_s: 1_000,
  patience_ms: 10_000,
  contended_patience_ms: 2_000,
  timeout_ms: 300_000,
};

let isContended: boolean;
const open: BodyFeed[] = [];

beforeEach(() => {
  isContended = false;
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
});
afterEach(() => {
  for (const feed of open.splice(0)) feed.close();
  jest.useRealTimers();
});

/** Lets streams and promises come to rest, without any time going by. */
async function rest(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Lets time go by. */
async function pass(time_ms: number): Promise<void> {
  await rest();
  await jest.advanceTimersByTimeAsync(time_ms);
  await rest();
}

/** A client, its feed, and a batch that takes a part each time it is told that there is room. */
class Sender {
  readonly client = new PassThrough({ highWaterMark: 1_000_000 });
  readonly feed = new BodyFeed(this.client, LIMITS, () => isContended);
  readonly parts: Buffer[] = [];
  isEnded = false;
  failure: { code?: string } | null = null;
  /** While the database takes its time. */
  isBusy = false;
  private goOn = (): void => undefined;

  constructor() {
    open.push(this.feed);
    // A stream that is given up tells everybody.
    this.client.on('error', () => undefined);
  }

  /** Begins to hand the body over. */
  begin(): void {
    const batch = {
      write: async (part: Buffer): Promise<boolean> => {
        this.parts.push(part);
        if (this.isBusy) await new Promise<void>((resolve) => (this.goOn = resolve));
        return true;
      },
      end: () => (this.isEnded = true),
      fail: (error: { code?: string }) => (this.failure = error),
    };
    void this.feed.into(batch as unknown as OpenBatch);
  }

  send(bytes: number): void {
    this.client.write(Buffer.alloc(bytes, 'x'));
  }

  finishWork(): void {
    this.isBusy = false;
    this.goOn();
  }

  get bytes(): number {
    return this.parts.reduce((sum, { length }) => sum + length, 0);
  }
}

const STALLED = { code: 'batch_stalled', definition: { retryAfter_s: 1 } };

describe('a client that sends', () => {
  test('nothing is given up after its patience, not before', async () => {
    const sender = new Sender();
    sender.begin();
    await pass(LIMITS.patience_ms - 200);
    expect(sender.failure).toBeNull();
    await pass(400);
    expect(sender.failure).toMatchObject(STALLED);
    expect(sender.client.destroyed).toBe(true);
    expect(sender.isEnded).toBe(false);
  });

  test('slower than it must is given up once it fell behind by its patience', async () => {
    const sender = new Sender();
    sender.begin();
    // Half of what it must: after 20 s it is behind by 10.
    for (let second = 1; second <= 19; second += 1) {
      await pass(1_000);
      sender.send(500);
    }
    await rest();
    expect(sender.failure).toBeNull();
    for (let second = 20; second <= 22; second += 1) {
      await pass(1_000);
      if (!sender.client.destroyed) sender.send(500);
    }
    await rest();
    expect(sender.failure).toMatchObject(STALLED);
  });

  test('just as fast as it must goes on to its end, and all of it arrives', async () => {
    const sender = new Sender();
    sender.begin();
    for (let second = 1; second <= 100; second += 1) {
      await pass(1_000);
      sender.send(1_000);
    }
    sender.client.end();
    await rest();
    expect(sender.failure).toBeNull();
    expect(sender).toMatchObject({ isEnded: true, bytes: 100_000 });
  });

  test('may pause within its patience, once what it owes is paid, again', async () => {
    const sender = new Sender();
    sender.begin();
    for (let turn = 0; turn < 5; turn += 1) {
      await pass(8_000);
      sender.send(8_000);
      await rest();
    }
    expect(sender.failure).toBeNull();
    sender.client.end();
    await rest();
    expect(sender.isEnded).toBe(true);
  });

  test('much at once pays what it owes, and saves up nothing', async () => {
    const sender = new Sender();
    sender.begin();
    await pass(5_000);
    sender.send(500_000);
    await pass(LIMITS.patience_ms - 200);
    expect(sender.failure).toBeNull();
    await pass(400);
    expect(sender.failure).toMatchObject(STALLED);
  });
});

describe('while others wait for its place', () => {
  test('a pause is cut short', async () => {
    isContended = true;
    const sender = new Sender();
    sender.begin();
    await pass(LIMITS.contended_patience_ms - 200);
    expect(sender.failure).toBeNull();
    await pass(400);
    expect(sender.failure).toMatchObject(STALLED);
  });

  test('one that began before they came is given up at once', async () => {
    const sender = new Sender();
    sender.begin();
    await pass(5_000);
    expect(sender.failure).toBeNull();
    isContended = true;
    await pass(200);
    expect(sender.failure).toMatchObject(STALLED);
  });
});

describe('time that the database takes', () => {
  test('is not the client’s', async () => {
    isContended = true;
    const sender = new Sender();
    sender.isBusy = true;
    sender.begin();
    await pass(1_000);
    sender.send(10);
    await pass(60_000);
    expect(sender.failure).toBeNull();
    sender.finishWork();
    await pass(500);
    expect(sender.failure).toBeNull();
    // Then its own time goes on, from where it was.
    await pass(1_000);
    expect(sender.failure).toMatchObject(STALLED);
  });

  test('after the body is complete has no limit', async () => {
    const sender = new Sender();
    sender.begin();
    sender.client.end(Buffer.alloc(10));
    await pass(LIMITS.timeout_ms * 3);
    expect(sender.failure).toBeNull();
    expect(sender.isEnded).toBe(true);
  });

  test('counts for the deadline until the body is complete', async () => {
    const sender = new Sender();
    sender.isBusy = true;
    sender.begin();
    sender.send(10);
    await pass(LIMITS.timeout_ms - 200);
    expect(sender.client.destroyed).toBe(false);
    await pass(400);
    expect(sender.client.destroyed).toBe(true);
    sender.finishWork();
    await rest();
    expect(sender.failure).toMatchObject(STALLED);
  });
});

test('the deadline holds for a client that is never slow', async () => {
  const sender = new Sender();
  sender.begin();
  for (let second = 1; second < LIMITS.timeout_ms / 1_000; second += 1) {
    await pass(1_000);
    sender.send(1_000);
  }
  await rest();
  expect(sender.failure).toBeNull();
  await pass(1_200);
  expect(sender.failure).toMatchObject(STALLED);
});

describe('before it has a place', () => {
  test('a body is awaited until enough of it is there', async () => {
    const sender = new Sender();
    let isThere = false;
    void sender.feed.arrive().then(() => (isThere = true));
    sender.send(FIRST_BYTES - 1);
    await rest();
    expect(isThere).toBe(false);
    sender.send(1);
    await rest();
    expect(isThere).toBe(true);
    sender.begin();
    sender.client.end(Buffer.alloc(5));
    await rest();
    expect(sender).toMatchObject({ bytes: FIRST_BYTES + 5, isEnded: true });
  });

  test('or all of it, if it is small', async () => {
    const sender = new Sender();
    sender.client.end(Buffer.from('small'));
    await sender.feed.arrive();
    sender.begin();
    await rest();
    expect(Buffer.concat(sender.parts).toString()).toBe('small');
    expect(sender.isEnded).toBe(true);
  });

  test('a client that stalls is refused, and so is one that breaks off', async () => {
    const stalling = new Sender();
    const stalled = expect(stalling.feed.arrive()).rejects.toMatchObject(STALLED);
    await pass(LIMITS.patience_ms + 200);
    await stalled;
    const breaking = new Sender();
    const broken = expect(breaking.feed.arrive()).rejects.toThrow('cut off');
    breaking.client.destroy(new Error('cut off'));
    await broken;
  });
});

test('a body that breaks off fails the batch', async () => {
  const sender = new Sender();
  sender.begin();
  sender.send(100);
  await rest();
  sender.client.destroy(new Error('cut off'));
  await rest();
  expect(sender.failure).toMatchObject({ message: 'cut off' });
  expect(sender.isEnded).toBe(false);
});

test('the hash of a body is of all its parts', async () => {
  const sender = new Sender();
  sender.send(FIRST_BYTES);
  await sender.feed.arrive();
  sender.client.end(Buffer.from('rest'));
  const body = Buffer.concat([Buffer.alloc(FIRST_BYTES, 'x'), Buffer.from('rest')]);
  expect(await sender.feed.sha256()).toBe(createHash('sha256').update(body).digest('hex'));
});
