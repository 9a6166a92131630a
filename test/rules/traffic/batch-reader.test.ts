import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { keyOfRow } from '../../../src/traffic/intake/record-rows.js';
import { addedUp, InProcessBatch, intakePlan, partsOf, rowsIn } from '../../support/intake.js';
import { anyFormat, anyValue, bodyOf, PLAN, type SentValue } from './batch-bodies.js';
import { inOrder, outcomeOf, Specification, StoreInMemory } from './batch-oracle.js';

/** Pushes parts and settles chunks, in the order that the choices say, until the batch is done. */
async function read(
  batch: InProcessBatch,
  parts: Uint8Array[],
  choices: readonly number[],
  store: StoreInMemory,
): Promise<void> {
  let isEnded = false;
  for (let n = 0; !batch.result; n += 1) {
    const choice = choices[n % choices.length]!;
    if (batch.chunks.length > 0 && (isEnded || choice % 2 === 0)) await store.store(batch, choice % 3 > 0);
    else if (parts.length > 0) batch.push(parts.shift()!);
    else if (!isEnded) {
      isEnded = true;
      batch.end();
    } else throw new Error('The batch waits for nothing, and is not done.');
    expect(batch.chunks.length).toBeLessThanOrEqual(2);
  }
}

/** Batches draw their records from one small pool, so that many are sent again. */
const POOL = 8;
const anyPool = fc.array(anyValue, { minLength: POOL, maxLength: POOL });
const anyBatch = fc.record({
  drawn: fc.array(fc.nat(POOL - 1), { minLength: 1, maxLength: 14 }),
  format: anyFormat,
  gap: fc.constantFrom(0, 0, 2),
  /** What is stored may lie in a period that was closed since. */
  closed: fc.constantFrom([], ['2026-08']),
  lengths: fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 6 }),
  choices: fc.array(fc.nat(5), { minLength: 1, maxLength: 12 }),
  records_max: fc.integer({ min: 1, max: 6 }),
});

test('batches come to what the specification says, however they are cut, written and settled', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(anyPool, fc.array(anyBatch, { minLength: 1, maxLength: 3 }), async (pool, batches) => {
      const store = new StoreInMemory(PLAN.reporterId);
      const specification = new Specification();
      for (const { drawn, format, gap, closed, lengths, choices, records_max } of batches) {
        const plan = { ...PLAN, format, closed };
        const values = drawn.map((n) => pool[n]);
        const { body, items } = bodyOf(format, values, gap);
        const batch = new InProcessBatch(plan, { records_max });
        await read(batch, [...partsOf(body, lengths)], choices, store);

        const { usage, ...expected } = specification.batch(items, plan);
        expect(outcomeOf(batch.result!)).toEqual(expected);
        expect(batch.result!.sha256).toBe(createHash('sha256').update(body).digest('hex'));
        const { terms, ...sums } = addedUp(batch.usage);
        expect(sums).toEqual({ ...usage, terms: undefined });
        // Periods of which nothing changed may be named too, each once.
        expect(terms).toMatchObject(usage.terms);
        const periods = Object.keys(terms).map((key) => key.split('\t')[0]);
        expect(new Set(periods).size).toBe(periods.length);
        expect(inOrder(store.records)).toEqual(inOrder(specification.stored));
        expect(batch.unread_bytes).toBe(0);

        for (const [outcome, count] of Object.entries(expected.counts)) if (count > 0) seen.add(outcome);
        for (const { code } of expected.errors) seen.add(code);
      }
    }),
    { numRuns: 80 },
  );
  const codes = ['agreement_not_in_force', 'interval_in_future', 'interval_too_long', 'invalid_record'];
  expect([...seen].sort()).toEqual(
    [
      ...codes,
      ...['created', 'duplicate', 'superseded', 'rejected', 'received'],
      ...['period_closed', 'record_conflict', 'unknown_scope_value'],
    ].sort(),
  );
});

test('records keep their identity while pseudonyms are switched on, and under a next key', async () => {
  const key = (version: number) => ({ version, key: new Uint8Array(32).fill(version) });
  const keys = [[], [key(1)], [key(1), key(2)]];
  await fc.assert(
    fc.asyncProperty(anyPool, fc.array(anyBatch, { minLength: 2, maxLength: 3 }), async (pool, batches) => {
      const store = new StoreInMemory(PLAN.reporterId);
      const specification = new Specification();
      for (const [n, { drawn, format, gap, closed, lengths, choices, records_max }] of batches.entries()) {
        const plan = { ...PLAN, format, closed };
        const { body, items } = bodyOf(
          format,
          drawn.map((at) => pool[at]),
          gap,
        );
        const batch = new InProcessBatch({ ...plan, customerKeys: keys[n]! }, { records_max });
        await read(batch, [...partsOf(body, lengths)], choices, store);
        const { usage, ...expected } = specification.batch(items, plan);
        expect(outcomeOf(batch.result!)).toEqual(expected);
        expect(addedUp(batch.usage).buckets).toEqual(usage.buckets);
        const nameless = (record: object) => ({ ...record, customer: null });
        expect(inOrder(store.records.map(nameless) as never)).toEqual(
          inOrder(specification.stored.map(nameless) as never),
        );
      }
    }),
    { numRuns: 60 },
  );
});

const value = (n: number, more: object = {}): SentValue => ({
  id: `r${n}`,
  direction: 'egress',
  start: '2026-10-05T06:00:00Z',
  end: '2026-10-05T07:00:00Z',
  bytes: '1',
  ...more,
});
const values = (count: number, more: (n: number) => object = () => ({})): SentValue[] =>
  Array.from({ length: count }, (_, n) => value(n, more(n)));

/** Reads a whole batch at once into a store. */
async function readAll(
  sent: readonly SentValue[],
  records_max: number,
  store = new StoreInMemory(PLAN.reporterId),
): Promise<InProcessBatch> {
  const batch = new InProcessBatch(intakePlan(), { records_max });
  await read(batch, [...partsOf(bodyOf('ndjson', sent).body, [60_000])], [1, 2], store);
  return batch;
}

test('a thousand errors are listed, all are counted', async () => {
  const sent = values(2_500, (n) => (n % 5 === 0 ? {} : { bytes: 'x', revision: n % 5 === 1 ? -1 : 0 }));
  const { result } = await readAll(sent, 100);
  expect(result!.counts).toEqual({
    received: 2_500,
    created: 500,
    superseded: 0,
    duplicate: 0,
    rejected: 2_000,
  });
  expect(result!.errorCount).toBe(2_500);
  expect(result!.errors).toHaveLength(1_000);
  expect(result!.errors.slice(0, 3)).toMatchObject([
    { index: 1, line: 2, pointer: '/revision' },
    { index: 1, line: 2, pointer: '/bytes' },
    { index: 2, line: 3, pointer: '/bytes' },
  ]);
  expect(result!.errors.map(({ index }) => index!)).toEqual(
    result!.errors.map(({ index }) => index!).sort((a, b) => a - b),
  );
});

test('the same batch again is all duplicates, and one id twice in a chunk is one', async () => {
  const store = new StoreInMemory(PLAN.reporterId);
  const sent = values(50, (n) => ({ id: `r${n % 40}` }));
  const first = await readAll(sent, 20, store);
  expect(first.result!.counts).toMatchObject({ created: 40, duplicate: 10 });
  const again = await readAll(sent, 7, store);
  expect(again.result!.counts).toMatchObject({ created: 0, duplicate: 50 });
  expect(again.result!.totalBytes).toBe(50n);
  expect(addedUp(again.usage)).toMatchObject({ buckets: {}, customers: {}, periods: {}, changes: {} });
  expect(store.records).toHaveLength(40);
});

test('a revision may not take a record out of a closed period', async () => {
  const store = new StoreInMemory(PLAN.reporterId);
  await readAll([value(1, { start: '2026-08-05T06:00:00Z', end: '2026-08-05T07:00:00Z' })], 5, store);
  const plan = intakePlan({ closed: ['2026-08'] });
  const batch = new InProcessBatch(plan);
  await read(batch, [bodyOf('ndjson', [value(1, { revision: 1 })]).body], [1], store);
  expect(batch.result!.errors).toMatchObject([{ index: 0, pointer: '/start', code: 'period_closed' }]);
  expect(store.records).toHaveLength(1);
});

test('what cannot be taken is decided on after what can, however much there is of it', async () => {
  const closed = { start: '2026-08-05T06:00:00Z', end: '2026-08-05T07:00:00Z' };
  const sent = [value(0, { revision: 2 }), ...values(9, () => ({ id: 'r0', revision: 1, ...closed }))];
  const batch = new InProcessBatch(intakePlan({ closed: ['2026-08'] }), { records_max: 3 });
  const store = new StoreInMemory(PLAN.reporterId);
  await read(batch, [bodyOf('ndjson', sent).body], [1, 2], store);
  // A lower revision changes nothing, also of a period that takes nothing more.
  expect(batch.result!.counts).toEqual({
    received: 10,
    created: 1,
    superseded: 1,
    duplicate: 8,
    rejected: 0,
  });
});

test('rows of a chunk are sorted by the first bytes of their keys', () => {
  const batch = new InProcessBatch(intakePlan());
  batch.push(bodyOf('ndjson', values(300)).body);
  batch.end();
  const prefixes = rowsIn(batch.chunks[0]!.rows).map((row) => keyOfRow(row).slice(0, 8));
  expect(prefixes).toHaveLength(300);
  expect(prefixes).toEqual([...prefixes].sort());
  const { probes } = batch.chunks[0]!;
  expect(probes).toHaveLength(48);
  expect(new Set(probes).size).toBe(48);
});

describe('back pressure', () => {
  const lines = values(200).map((each) => Buffer.from(`${JSON.stringify(each)}\n`));

  test('nothing more is read while two chunks wait for the database', async () => {
    const batch = new InProcessBatch(intakePlan(), { records_max: 10 });
    const store = new StoreInMemory(PLAN.reporterId);
    for (const line of lines.slice(0, 100)) batch.push(line);
    // Two chunks wait, and a third one is full.
    expect(batch.chunks).toHaveLength(2);
    const unread = (from: number): number =>
      lines.slice(from, 100).reduce((sum, { length }) => sum + length, 0);
    expect(batch.unread_bytes).toBe(unread(30));
    await store.store(batch, true);
    expect(batch.chunks).toHaveLength(2);
    expect(batch.unread_bytes).toBe(unread(40));
    batch.end();
    while (!batch.result) await store.store(batch, true);
    expect(batch.result.counts.created).toBe(100);
    expect(batch.unread_bytes).toBe(0);
  });

  test('memory of rows comes back and is used again', async () => {
    const batch = new InProcessBatch(intakePlan(), { records_max: 10 });
    for (const line of lines) batch.push(line);
    const [first] = batch.chunks.splice(0);
    expect(first!.rows.buffer.byteLength).toBe(first!.rows.byteLength);
    const next = (): number => batch.chunks.shift()!.rows.buffer.byteLength;
    batch.stored(new Uint8Array(new ArrayBuffer(50_000)));
    expect(next()).toBe(50_000);
    // What is too small for the rows is let go.
    batch.stored(new Uint8Array(new ArrayBuffer(8)));
    expect(next()).toBeLessThan(10_000);
    await batch.compare(new Uint8Array(new ArrayBuffer(60_000)), [], []);
    expect(next()).toBe(60_000);
  });

  test('sums are written out before they fill the memory, and come to the same', async () => {
    const future = { start: '2030-10-05T06:00:00Z', end: '2030-10-05T07:00:00Z' };
    const sent = values(70_000, (n) => ({
      ...{ customer: `c${n}`, bytes: String(n) },
      // Some that are refused, and so decided on in chunks of their own.
      ...(n % 7 === 0 && future),
    }));
    const batch = await readAll(sent, 4_000);
    expect(batch.usage.length).toBeGreaterThan(1);
    const taken = Array.from({ length: 70_000 }, (_, n) => n).filter((n) => n % 7 !== 0);
    const { buckets, customers, periods } = addedUp(batch.usage);
    const bytes = taken.reduce((sum, n) => sum + n, 0);
    expect(Object.values(buckets)).toEqual([`${bytes} ${taken.length}`]);
    expect(Object.keys(customers)).toHaveLength(taken.length);
    expect(periods).toEqual({ '2026-10': String(taken.length) });
    expect(batch.result!.counts).toMatchObject({ created: taken.length, rejected: 10_000 });
  });
});

describe('a batch as a whole', () => {
  const codeOf = (body: string, more: Parameters<typeof intakePlan>[0] = {}): string | undefined => {
    const batch = new InProcessBatch(intakePlan(more), { records_max: 3 });
    try {
      batch.push(Buffer.from(body));
      batch.end();
      return undefined;
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  test.each(['', '\n', ' \n\t\n'])('without a record is none: %j', (body) => {
    expect(codeOf(body)).toBe('invalid_batch');
  });

  test('without a record in other formats is none', () => {
    expect(codeOf('', { format: 'json' })).toBe('invalid_batch');
    expect(codeOf('{"records":[]}', { format: 'json' })).toBe('invalid_batch');
    expect(codeOf('[]', { format: 'cloudevents' })).toBe('invalid_batch');
    expect(codeOf('id,direction,start,end,bytes\n', { format: 'csv' })).toBe('invalid_batch');
  });

  test('with more records than allowed is refused, and one with as many is not', () => {
    const body = (count: number): string => bodyOf('ndjson', values(count)).body.toString();
    const limits = { records: 4, record_bytes: 1_000 };
    expect(codeOf(body(4), { limits })).toBeUndefined();
    expect(codeOf(body(5), { limits })).toBe('too_many_records');
    const json = bodyOf('json', values(5)).body.toString();
    expect(codeOf(json, { limits, format: 'json' })).toBe('too_many_records');
  });

  test('of nothing but refused records is read to its end', async () => {
    const { result, usage } = await readAll([undefined, value(1, { bytes: 'x' })], 5);
    expect(result!.counts).toMatchObject({ received: 2, rejected: 2 });
    expect(result).toMatchObject({ earliest: null, latest: null, totalBytes: 0n });
    expect(addedUp(usage)).toEqual({ buckets: {}, customers: {}, periods: {}, changes: {}, terms: {} });
  });
});
