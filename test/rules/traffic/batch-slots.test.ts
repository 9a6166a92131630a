import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { BatchSlots, type SlotLimits, type SlotOwner } from '../../../src/traffic/batch-slots.js';

/** Work that goes on until it is told to end, and what is going on. */
class Works {
  readonly running: string[] = [];
  readonly started: string[] = [];
  readonly refused: string[] = [];
  most = 0;
  private readonly ends = new Map<string, { done: () => void; fail: (error: Error) => void }>();

  constructor(private readonly slots: BatchSlots) {}

  /** Asks for room; `name` is `reporter/number`, or `reporter@agreement/number`. */
  ask(name: string): Promise<string> {
    const result = this.slots.run(ownerOf(name), arrived, async () => {
      this.running.push(name);
      this.started.push(name);
      this.most = Math.max(this.most, this.running.length);
      try {
        await new Promise<void>((done, fail) => this.ends.set(name, { done, fail }));
      } finally {
        this.running.splice(this.running.indexOf(name), 1);
      }
      return name;
    });
    result.catch((error: unknown) => this.refused.push(`${name} ${(error as { code?: string }).code}`));
    return result;
  }

  async end(name: string): Promise<void> {
    this.ends.get(name)!.done();
    await settled();
  }

  async fail(name: string): Promise<void> {
    this.ends.get(name)!.fail(new Error('broken'));
    await settled();
  }
}

/** Lets every promise that can go on do so. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

const arrived = (): Promise<void> => Promise.resolve();

function ownerOf(name: string): SlotOwner {
  const [reporter, agreement = 'deal'] = name.split('/')[0]!.split('@');
  return { reporter: reporter!, agreement };
}

function slotsOf(limits: Partial<SlotLimits>): BatchSlots {
  return new BatchSlots({
    ...{ total: 1, perReporter: 2, openTotal: 1_000, openPerReporter: 100, wait_ms: 1_000 },
    ...limits,
  });
}

function works(total: number, limits: Partial<SlotLimits> = {}): Works {
  return new Works(slotsOf({ total, ...limits }));
}

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

test('gives what the work gives', async () => {
  await expect(slotsOf({}).run(ownerOf('a'), arrived, () => Promise.resolve(5))).resolves.toBe(5);
});

describe('no more than so many run at once', () => {
  test('in all', async () => {
    const all = works(2);
    for (const name of ['a/1', 'b/1', 'c/1', 'd/1']) void all.ask(name);
    await settled();
    expect(all.running).toEqual(['a/1', 'b/1']);
    await all.end('b/1');
    expect(all.running).toEqual(['a/1', 'c/1']);
    await all.end('a/1');
    await all.end('c/1');
    expect(all.running).toEqual(['d/1']);
    await all.end('d/1');
    expect([all.most, all.running]).toEqual([2, []]);
  });

  test('and one for a key, while others pass it by', async () => {
    const all = works(3);
    for (const name of ['a/1', 'a/2', 'b/1', 'a/3', 'c/1']) void all.ask(name);
    await settled();
    expect(all.running).toEqual(['a/1', 'b/1', 'c/1']);
    await all.end('b/1');
    await all.end('c/1');
    expect(all.running).toEqual(['a/1']);
    await all.end('a/1');
    expect(all.running).toEqual(['a/2']);
    await all.end('a/2');
    expect(all.running).toEqual(['a/3']);
  });

  test('whatever is asked and ends', async () => {
    const all = works(3);
    const names = Array.from({ length: 40 }, (_, i) => `${'abcdefg'[(i * i) % 7]}/${i}`);
    for (const [index, name] of names.entries()) {
      void all.ask(name);
      await settled();
      if (index % 3 === 2) await all.end(all.running[(index * 5) % all.running.length]!);
      const keys = all.running.map((running) => running.split('/')[0]);
      expect(new Set(keys).size).toBe(keys.length);
    }
    while (all.running.length > 0) await all.end(all.running[0]!);
    expect([...all.started].sort()).toEqual([...names].sort());
    expect(all.most).toBe(3);
    expect(all.refused).toEqual([]);
  });
});

test('who asked first comes first, of one key and of several', async () => {
  const all = works(1);
  const asked = ['a/1', 'b/1', 'a/2', 'c/1', 'b/2'];
  for (const name of asked) void all.ask(name);
  await settled();
  for (const name of asked) await all.end(name);
  expect(all.started).toEqual(asked);
});

test('a key that keeps coming does not keep another waiting', async () => {
  const all = works(1);
  for (const name of ['a/1', 'a/2', 'b/1']) void all.ask(name);
  await settled();
  await all.end('a/1');
  void all.ask('a/3');
  await all.end('a/2');
  expect(all.running).toEqual(['b/1']);
});

test('work that fails gives its room free, and its error to whoever asked', async () => {
  const all = works(1);
  const first = all.ask('a/1');
  void all.ask('a/2');
  await settled();
  await all.fail('a/1');
  await expect(first).rejects.toThrow('broken');
  expect(all.running).toEqual(['a/2']);
  const thrower = slotsOf({});
  const broken = () => {
    throw new Error('at once');
  };
  await expect(thrower.run(ownerOf('a'), arrived, broken)).rejects.toThrow('at once');
  await expect(thrower.run(ownerOf('a'), broken, () => Promise.resolve(1))).rejects.toThrow('at once');
  await expect(thrower.run(ownerOf('a'), arrived, () => Promise.resolve(1))).resolves.toBe(1);
});

describe('whoever waits too long', () => {
  test('is told that the service is busy, and when to come again', async () => {
    const all = works(1);
    void all.ask('a/1');
    const late = all.ask('b/1');
    await settled();
    jest.advanceTimersByTime(999);
    await settled();
    expect(all.refused).toEqual([]);
    jest.advanceTimersByTime(1);
    await expect(late).rejects.toMatchObject({
      code: 'ingest_busy',
      definition: { status: 503, retryAfter_s: 5 },
    });
    await all.end('a/1');
    expect(all.started).toEqual(['a/1']);
  });

  test('leaves the others in the queue where they are', async () => {
    const all = works(1);
    void all.ask('a/1');
    void all.ask('b/1');
    await settled();
    jest.advanceTimersByTime(600);
    for (const name of ['c/1', 'd/1']) void all.ask(name);
    jest.advanceTimersByTime(400);
    await settled();
    expect(all.refused).toEqual(['b/1 ingest_busy']);
    await all.end('a/1');
    expect(all.running).toEqual(['c/1']);
    await all.end('c/1');
    expect(all.running).toEqual(['d/1']);
  });

  test('is no longer timed once it runs', async () => {
    const all = works(1);
    const second = all.ask('a/1').then(() => 'first');
    const later = all.ask('a/2');
    await settled();
    expect(jest.getTimerCount()).toBe(1);
    await all.end('a/1');
    await expect(second).resolves.toBe('first');
    expect(jest.getTimerCount()).toBe(0);
    jest.advanceTimersByTime(10_000);
    await all.end('a/2');
    await expect(later).resolves.toBe('a/2');
  });
});

test('the queue itself has an end, in all and for one reporter', async () => {
  const all = works(1, { openTotal: 3, openPerReporter: 2 });
  for (const name of ['a/1', 'a/2', 'a/3', 'b/1', 'c/1']) void all.ask(name);
  await settled();
  expect(all.refused).toEqual(['a/3 too_many_batches', 'c/1 ingest_busy']);
  await all.end('a/1');
  void all.ask('e/1');
  await settled();
  expect(all.refused).toHaveLength(2);
});

test('one reporter does not take all places, whatever its agreements', async () => {
  const all = works(4, { perReporter: 2 });
  for (const name of ['a@1/1', 'a@2/1', 'a@3/1', 'b/1']) void all.ask(name);
  await settled();
  expect(all.running).toEqual(['a@1/1', 'a@2/1', 'b/1']);
  await all.end('a@2/1');
  expect(all.running).toEqual(['a@1/1', 'b/1', 'a@3/1']);
});

test('whoever waits for batches of its own is told so', async () => {
  const all = works(4, { perReporter: 1 });
  void all.ask('a@1/1');
  const late = all.ask('a@2/1');
  await settled();
  jest.advanceTimersByTime(1_000);
  await expect(late).rejects.toMatchObject({ code: 'too_many_batches', definition: { status: 429 } });
});

test('a batch that still arrives holds no place, and it shows when somebody waits for one', async () => {
  const slots = slotsOf({ total: 1 });
  let arrive = (): void => undefined;
  const slow = slots.run(
    ownerOf('a'),
    () => new Promise<void>((done) => (arrive = done)),
    () => Promise.resolve('slow'),
  );
  await expect(slots.run(ownerOf('b'), arrived, () => Promise.resolve('quick'))).resolves.toBe('quick');
  let end = (): void => undefined;
  const running = slots.run(ownerOf('c'), arrived, () => new Promise<void>((done) => (end = done)));
  await settled();
  expect(slots.isContended).toBe(false);
  arrive();
  await settled();
  expect(slots.isContended).toBe(true);
  end();
  await running;
  await expect(slow).resolves.toBe('slow');
  expect(slots.isContended).toBe(false);
});
