import type { Side } from '../../../src/agreements/index.js';
import { compareLines, rate, shareCredits, type RatedLine } from '../../../src/rating/index.js';
import { trueUpLines } from '../../../src/rating/rules/commitment.js';
import { percentile95Mbps } from '../../../src/rating/rules/percentile.js';
import { tierRanges } from '../../../src/rating/rules/tiers.js';

const FREE = { zeroRating: { kind: 'none' }, pricing: { model: 'none' } } as const;
const NOTHING = { directions: { aToB: FREE, bToA: FREE }, commitments: [] };
const NONE = { aToB: 0n, bToA: 0n };
const TWICE = { party: 'A' as const, amount: '1' };
const OPEN = { upTo: null, unitPrice: '1' };
const sample = (duration_s: number) => ({ bytes: 1n, duration_s });

test.each<[() => unknown, string]>([
  [() => trueUpLines([TWICE, TWICE], [], 'USD'), 'A party has at most one commitment'],
  [() => shareCredits(-1n, []), 'Zero-rated bytes cannot be negative'],
  [() => percentile95Mbps([]), 'A percentile needs the samples of the whole period'],
  ...[0, -300, 0.5, NaN].map((duration_s): [() => unknown, string] => [
    // The faulty sample is not the one at the rank.
    () => percentile95Mbps([...Array.from({ length: 40 }, () => sample(300)), sample(duration_s)]),
    `Not a sample's duration in whole seconds: ${duration_s}`,
  ]),
  [
    () => rate(NOTHING, { settledBytes: NONE, zeroRatableBytes: { aToB: 0n, bToA: 2n } }, 'USD'),
    'bToA: 2 zero-ratable of 0 settled bytes',
  ],
  [
    () => tierRanges([{ ...OPEN, upTo: '2' }, { ...OPEN, upTo: '1' }, OPEN]),
    'Tier 2: bounds rise, and only the last tier is open',
  ],
  [() => tierRanges([OPEN, OPEN]), 'Tier 1: bounds rise, and only the last tier is open'],
  [() => tierRanges([{ ...OPEN, upTo: '2' }]), 'The last tier has no upper bound'],
])('a refusal says what is wrong, case %#', (refused, message) => {
  expect(refused).toThrow(new RangeError(message));
});

test('settled traffic without a price makes no line', () => {
  const bytes = { aToB: 5n, bToA: 7n };
  expect(rate(NOTHING, { settledBytes: bytes, zeroRatableBytes: bytes }, 'USD').lines).toEqual([]);
});

test('lines compare by kind, direction, tier and payer, either way round', () => {
  const line = (tier: number | null, payer: Side): RatedLine => ({
    kind: 'usage',
    direction: 'aToB',
    tier,
    bytes: null,
    quantity: '1',
    unit: 'GB',
    unitPrice: '1',
    amount: 1n,
    payer,
    payee: payer === 'A' ? 'B' : 'A',
  });
  const ordered = [line(null, 'A'), line(null, 'B'), line(1, 'A'), line(1, 'B'), line(2, 'A')];
  for (const [i, a] of ordered.entries()) {
    for (const [j, b] of ordered.entries()) expect(Math.sign(compareLines(a, b))).toBe(Math.sign(i - j));
  }
});

test.each([
  ['the first code point beyond U+FFFF comes after the last within', '\uFFFD', '\u{10000}'],
  ['a letter comes before what is private', 'a', '\uE000'],
  ['neighbours that differ in their last code unit', '\u{103FE}', '\u{103FF}'],
  ['what precedes the surrogates', '\uD7FF', '\u{10000}'],
])('the byte order of references: %s', (_name, first, second) => {
  expect(Buffer.compare(Buffer.from(first), Buffer.from(second))).toBe(-1);
  const claims = [second, first].map((customer) => ({
    customer,
    priceFrom: 0,
    region: null,
    unitPrice: '1',
    unit: 'GB' as const,
    bytes: 5n,
  }));
  const shares = shareCredits(1n, claims);
  expect(shares.map(({ claim, bytes }) => [claim.customer, bytes])).toEqual([
    [first, 1n],
    [second, 0n],
  ]);
});
