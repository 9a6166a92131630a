import fc from 'fast-check';
import { BatchIntake, ERRORS_LISTED_MAX, type IntakeOptions } from '../../../src/traffic/batch-intake.js';
import type { TrafficRecord } from '../../../src/traffic/rules/traffic-record.js';
import { UsageSums } from '../../../src/traffic/rules/usage.js';
import { FakeStore } from './fake-store.js';
import { at, listPrice, periodTable, record, type TableOptions } from './support.js';

const NOW = at('2026-12-15T00:00:00Z');
const PRICES = [listPrice('2026-01-01T00:00:00Z', '0.20'), listPrice('2026-10-06T00:00:00Z', '0.30')];

interface BatchOptions extends TableOptions {
  atomic?: boolean;
  suspensions?: IntakeOptions['suspensions'];
}

function intake(
  store: FakeStore,
  { atomic = false, suspensions = [], ...table }: BatchOptions = {},
): BatchIntake {
  return new BatchIntake(store.tx, {
    agreementId: 'agreement',
    reporterId: 'reporter',
    batchId: 'batch',
    side: 'A',
    prices: PRICES,
    periods: periodTable({ reconciliation: { bucket: 'day' }, ...table }),
    suspensions,
    now: NOW,
    atomic,
  });
}

/** A day of October, as it is sent. */
function sent(id: string, day: number, bytes: number, more: object = {}): Record<string, unknown> {
  const date = (n: number): string => new Date(Date.UTC(2026, 9, n, 12)).toISOString().replace('.000', '');
  return { id, direction: 'egress', start: date(day), end: date(day + 1), bytes, ...more };
}

async function take(batch: BatchIntake, ...chunks: unknown[][]): Promise<BatchIntake> {
  let index = 0;
  for (const chunk of chunks) {
    await batch.take(chunk.map((value) => ({ index, pointer: `/records/${index++}`, value })));
  }
  return batch;
}

/** Bytes of all buckets of a batch's change. */
function change(batch: BatchIntake): bigint {
  return [...batch.sums.buckets.values()].reduce((sum, { bytes }) => sum + bytes, 0n);
}

test('a batch is counted: what it had, what became of it, what it covers', async () => {
  const store = new FakeStore();
  const batch = await take(
    intake(store),
    [sent('d', 9, 4), sent('a', 5, 10), sent('b', 3, 20, { revision: 2 }), sent('a', 5, 10)],
    [sent('c', 5, 1, { direction: 'up' }), sent('a', 5, 11), sent('b', 4, 7, { revision: 1 })],
  );
  expect(batch.counts).toEqual({ received: 7, created: 3, superseded: 1, duplicate: 1, rejected: 2 });
  expect([batch.earliest, batch.latest]).toEqual([at('2026-10-03T12:00:00Z'), at('2026-10-10T12:00:00Z')]);
  expect(batch.errors).toMatchObject([
    { index: 4, pointer: '/records/4/direction', code: 'invalid_record' },
    { index: 5, pointer: '/records/5/id', code: 'record_conflict' },
  ]);
  expect(store.rows.map(({ id, revision }) => `${id} ${revision}`)).toEqual(['d 0', 'a 0', 'b 2', 'b 1']);
  expect(change(batch)).toBe(34n);
});

test('every mistake of a record is listed, and the record is rejected once', async () => {
  const batch = await take(intake(new FakeStore()), [{}, sent('a', 5, 10)]);
  expect(batch.counts).toMatchObject({ received: 2, created: 1, rejected: 1 });
  expect(batch.errors).toHaveLength(5);
  expect(batch.errorCount).toBe(5);
});

test('only the first errors are listed, but all are counted', async () => {
  const rejected = Array.from({ length: ERRORS_LISTED_MAX + 5 }, (_, i) => sent(`r-${i}`, 5, -1));
  const batch = await take(intake(new FakeStore()), rejected);
  expect(batch.errors).toHaveLength(ERRORS_LISTED_MAX);
  expect(batch.errorCount).toBe(ERRORS_LISTED_MAX + 5);
  expect(batch.counts.rejected).toBe(ERRORS_LISTED_MAX + 5);
});

test('a line that is no JSON is rejected with its line', async () => {
  const batch = intake(new FakeStore());
  await batch.take([{ index: 0, line: 3, pointer: '', value: undefined, malformed: 'no JSON' }]);
  expect(batch.errors).toEqual([
    { index: 0, line: 3, pointer: '', code: 'invalid_record', detail: 'no JSON' },
  ]);
});

describe('an atomic batch with a record that cannot be taken', () => {
  test('stores nothing from there on, and goes on finding mistakes', async () => {
    const store = new FakeStore();
    const batch = await take(
      intake(store, { atomic: true }),
      [sent('a', 5, -1), sent('b', 5, 1)],
      [{ id: 'c' }],
    );
    expect(batch.refused).toBe(true);
    expect(batch.counts).toMatchObject({ received: 3, rejected: 2 });
    expect(store.rows).toEqual([]);
  });

  test('is told from one that is partial', async () => {
    const batch = await take(intake(new FakeStore()), [sent('a', 5, -1)]);
    expect(batch.refused).toBe(false);
    expect((await take(intake(new FakeStore(), { atomic: true }), [sent('a', 5, 1)])).refused).toBe(false);
  });
});

describe('a closed period', () => {
  const september = { start: '2026-09-20T00:00:00Z', end: '2026-09-21T00:00:00Z' };
  const opened = async (): Promise<FakeStore> => {
    const store = new FakeStore();
    await take(intake(store), [sent('old', 0, 10, september), sent('new', 5, 10)]);
    return store;
  };
  test.each<[string, Record<string, unknown>, object]>([
    ['takes no new record', sent('x', 0, 1, september), { created: 0, rejected: 1 }],
    ['keeps its records', sent('old', 5, 1, { revision: 1 }), { created: 0, rejected: 1 }],
    [
      'keeps them from being void',
      sent('old', 0, 10, { ...september, revision: 1, void: true }),
      { rejected: 1 },
    ],
    ['takes none from another period', sent('new', 0, 1, { ...september, revision: 1 }), { rejected: 1 }],
    ['knows what it has', sent('old', 0, 10, september), { duplicate: 1, rejected: 0 }],
    ['is no other period', sent('new', 6, 1, { revision: 1 }), { created: 1, rejected: 0 }],
  ])('%s', async (_name, value, counts) => {
    const batch = await take(intake(await opened(), { closed: ['2026-09'] }), [value]);
    expect(batch.counts).toMatchObject(counts);
    for (const { code } of batch.errors) expect(code).toBe('period_closed');
  });

  test('other content for what it has is a conflict, not a matter of time', async () => {
    const batch = await take(intake(await opened(), { closed: ['2026-09'] }), [
      sent('old', 0, 11, september),
    ]);
    expect(batch.errors).toMatchObject([{ code: 'record_conflict' }]);
  });
});

test('a suspension refuses what overlaps it', async () => {
  const suspensions = [{ from: at('2026-10-06T00:00:00Z'), until: null }];
  const batch = await take(intake(new FakeStore(), { suspensions }), [sent('a', 4, 1), sent('b', 5, 1)]);
  expect(batch.counts).toMatchObject({ created: 1, rejected: 1 });
  expect(batch.errors).toMatchObject([{ index: 1, code: 'agreement_not_in_force' }]);
});

test('a revision moves a record’s bytes, and a void takes them away', async () => {
  const store = new FakeStore();
  await take(intake(store), [sent('a', 5, 10)]);
  const moved = await take(intake(store), [sent('a', 31, 25, { revision: 1 })]);
  expect(change(moved)).toBe(15n);
  expect(moved.sums.records).toEqual(
    new Map([
      ['2026-10', 0],
      ['2026-11', 1],
    ]),
  );
  const gone = await take(intake(store), [sent('a', 31, 25, { revision: 2, void: true })]);
  expect(change(gone)).toBe(-25n);
  const back = await take(intake(store), [sent('a', 5, 3, { revision: 3 })]);
  expect(change(back)).toBe(3n);
});

/** Adds up what several batches change, leaving out what became nothing. */
function addedUp(batches: readonly UsageSums[]) {
  const merged = new Map<string, { bytes: bigint; records: number }>();
  for (const { buckets, customers, records } of batches) {
    const counts = [...records].map(([period, number]) => [period, { bytes: 0n, records: number }] as const);
    for (const [key, sum] of [...buckets, ...customers, ...counts]) {
      const before = merged.get(key) ?? { bytes: 0n, records: 0 };
      merged.set(key, { bytes: before.bytes + sum.bytes, records: before.records + sum.records });
    }
  }
  return new Map([...merged].filter(([, { bytes, records }]) => bytes !== 0n || records !== 0));
}

test('what counts in the end does not depend on the order, the batching or the repetition of records', async () => {
  const revisions = fc.uniqueArray(
    fc.record({
      id: fc.constantFrom('a', 'b', 'c'),
      revision: fc.nat(3),
      day: fc.integer({ min: 1, max: 31 }),
      bytes: fc.nat(1_000),
      gone: fc.boolean(),
      customer: fc.constantFrom('acme', 'zeta'),
    }),
    { selector: ({ id, revision }) => `${id} ${revision}`, minLength: 1, maxLength: 10 },
  );
  const cases = revisions.chain((list) =>
    fc.record({
      list: fc.constant(list),
      order: fc.shuffledSubarray(list, { minLength: list.length }),
      again: fc.subarray(list),
      // Whether a chunk, or a batch, ends after each record.
      ends: fc.array(fc.constantFrom('', '', 'chunk', 'batch'), { minLength: 20, maxLength: 20 }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(cases, async ({ list, order, again, ends }) => {
      const store = new FakeStore();
      const batches: UsageSums[] = [];
      let batch: unknown[][] = [[]];
      const finish = async (): Promise<void> => {
        const taken = await take(intake(store, { atomic: true }), ...batch);
        expect(taken.errors).toEqual([]);
        batches.push(taken.sums);
        batch = [[]];
      };
      for (const [index, { id, revision, day, bytes, gone, customer }] of [...order, ...again].entries()) {
        batch.at(-1)!.push(sent(id, day, bytes, { revision, void: gone, customer }));
        if (ends[index] === 'chunk') batch.push([]);
        if (ends[index] === 'batch') await finish();
      }
      await finish();

      expect(store.rows).toHaveLength(list.length);
      const counted = new UsageSums('A', PRICES);
      const periods = periodTable({ reconciliation: { bucket: 'day' } });
      for (const id of ['a', 'b', 'c']) {
        const [highest] = list.filter((each) => each.id === id).sort((a, b) => b.revision - a.revision);
        if (!highest) continue;
        const start = Date.UTC(2026, 9, highest.day, 12);
        const each: TrafficRecord = {
          ...record('2026-10-01T00:00:00Z', '2026-10-02T00:00:00Z'),
          start,
          end: start + 86_400_000,
          bytes: BigInt(highest.bytes),
          customer: highest.customer,
          void: highest.gone,
        };
        counted.add(each, periods.overlapping(each.start, each.end), 1);
      }
      expect(addedUp(batches)).toEqual(addedUp([counted]));
    }),
  );
});
