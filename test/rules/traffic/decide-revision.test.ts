import fc from 'fast-check';
import { decideRevision, sameContent } from '../../../src/traffic/rules/decide-revision.js';
import type { TrafficRecord } from '../../../src/traffic/rules/traffic-record.js';
import { record } from './support.js';

function revision(number: number, more: Partial<TrafficRecord> = {}): TrafficRecord {
  return record('2026-10-01T00:00:00Z', '2026-10-01T01:00:00Z', { revision: number, ...more });
}

const FIRST = revision(0);
const SECOND = revision(3);

describe.each([
  ['in order', <T>(list: T[]): T[] => list],
  ['the other way round', <T>(list: T[]): T[] => [...list].reverse()],
])('stored revisions read %s', (_name, order) => {
  test.each<[string, TrafficRecord[], TrafficRecord, object]>([
    ['the first of its id', [], FIRST, { outcome: 'created', replaces: null }],
    ['a first one of a high revision', [], SECOND, { outcome: 'created', replaces: null }],
    ['a higher one', [FIRST], SECOND, { outcome: 'created', replaces: FIRST }],
    ['the highest of several', [FIRST, SECOND], revision(4), { outcome: 'created', replaces: SECOND }],
    ['a lower one', [SECOND], FIRST, { outcome: 'superseded' }],
    ['one between', [FIRST, SECOND], revision(1), { outcome: 'superseded' }],
    ['the same again', [FIRST], { ...FIRST }, { outcome: 'duplicate' }],
    ['the same again after a higher one', [FIRST, SECOND], { ...FIRST }, { outcome: 'duplicate' }],
    ['a conflict', [FIRST], revision(0, { bytes: 1n }), { outcome: 'conflict' }],
    ['a conflict below a higher one', [FIRST, SECOND], revision(0, { bytes: 1n }), { outcome: 'conflict' }],
    ['a conflict with the highest', [FIRST, SECOND], revision(3, { bytes: 1n }), { outcome: 'conflict' }],
    ['a void', [FIRST], revision(1, { void: true }), { outcome: 'created', replaces: FIRST }],
    ['a void at the same revision', [FIRST], revision(0, { void: true }), { outcome: 'conflict' }],
    [
      'what replaces a void',
      [FIRST, revision(1, { void: true })],
      revision(2),
      { outcome: 'created', replaces: revision(1, { void: true }) },
    ],
  ])('%s', (_case, stored, incoming, expected) => {
    expect(decideRevision(order(stored), incoming)).toEqual(expected);
  });
});

test.each<[keyof TrafficRecord, unknown]>([
  ['direction', 'ingress'],
  ['start', FIRST.start - 1000],
  ['end', FIRST.end + 1000],
  ['bytes', 999n],
  ['sourceRegion', 'eu'],
  ['destinationRegion', 'eu'],
  ['service', 'cdn'],
  ['customer', 'acme'],
  ['chargedUnitPrice', '0'],
  ['void', true],
])('another %s is other content', (member, value) => {
  expect(sameContent(FIRST, { ...FIRST, [member]: value })).toBe(false);
  expect(sameContent({ ...FIRST, [member]: value }, FIRST)).toBe(false);
  expect(decideRevision([FIRST], { ...FIRST, [member]: value })).toEqual({ outcome: 'conflict' });
});

test.each([
  ['0.22', '0.220', true],
  ['0.22', '0.220000000000', true],
  ['100', '100.00', true],
  ['0', '0.0', true],
  ['10', '1', false],
  ['100', '10.0', false],
  ['0.2', '0.02', false],
  ['1.01', '1.1', false],
  ['0.22', null, false],
  ['0', null, false],
] as const)('a charged price of %s and one of %s are the same figure: %s', (a, b, same) => {
  expect(sameContent(revision(0, { chargedUnitPrice: a }), revision(0, { chargedUnitPrice: b }))).toBe(same);
});

/** What the store holds and counts once records arrived in this order. */
function arrive(incoming: readonly TrafficRecord[]) {
  const stored: TrafficRecord[] = [];
  const outcomes: string[] = [];
  let counted: TrafficRecord | null = null;
  for (const each of incoming) {
    const decision = decideRevision(stored, each);
    outcomes.push(decision.outcome);
    if (decision.outcome === 'created') {
      // What it says it replaces is what counted until now: sums rest on that.
      expect(decision.replaces).toBe(counted);
      counted = each;
    }
    if (decision.outcome === 'created' || decision.outcome === 'superseded') stored.push(each);
  }
  return { counted, stored, outcomes };
}

test('whatever order revisions arrive in, and however often, the highest counts, with its content', () => {
  const content = fc.record({ bytes: fc.bigInt(0n, 9n), void: fc.boolean() });
  const revisions = fc.uniqueArray(fc.tuple(fc.nat(30), content), {
    selector: ([number]) => number,
    minLength: 1,
    maxLength: 8,
  });
  const arrival = revisions.chain((list) => {
    const distinct = list.map(([number, more]) => revision(number, more));
    return fc.record({
      distinct: fc.constant(distinct),
      order: fc.shuffledSubarray(distinct, { minLength: distinct.length }),
      again: fc.array(fc.constantFrom(...distinct), { maxLength: 5 }),
    });
  });
  fc.assert(
    fc.property(arrival, ({ distinct, order, again }) => {
      const { counted, stored, outcomes } = arrive([...order, ...again.map((each) => ({ ...each }))]);
      const highest = Math.max(...distinct.map((each) => each.revision));
      expect(counted).toEqual(distinct.find((each) => each.revision === highest));
      expect(stored).toHaveLength(distinct.length);
      expect(outcomes.slice(order.length)).toEqual(again.map(() => 'duplicate'));
      let seen = -1;
      order.forEach((each, index) => {
        expect(outcomes[index]).toBe(each.revision > seen ? 'created' : 'superseded');
        seen = Math.max(seen, each.revision);
      });
    }),
  );
});

test('of two contents at one revision the first to arrive stays, and the other changes nothing', () => {
  const incoming = fc.array(
    fc.tuple(fc.nat(4), fc.bigInt(0n, 2n)).map(([number, bytes]) => revision(number, { bytes })),
    { minLength: 1, maxLength: 20 },
  );
  fc.assert(
    fc.property(incoming, (list) => {
      const first = new Map<number, bigint>();
      const expected = list.map((each) => {
        const bytes = first.get(each.revision);
        if (bytes !== undefined) return bytes === each.bytes ? 'duplicate' : 'conflict';
        const isHighest = [...first.keys()].every((number) => number < each.revision);
        first.set(each.revision, each.bytes);
        return isHighest ? 'created' : 'superseded';
      });
      const { counted, stored, outcomes } = arrive(list);
      expect(outcomes).toEqual(expected);
      expect(new Map(stored.map((each) => [each.revision, each.bytes]))).toEqual(first);
      expect(counted!.bytes).toBe(first.get(Math.max(...first.keys())));
    }),
  );
});
