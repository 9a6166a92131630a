import fc from 'fast-check';
import type { Tier, TrafficUnit } from '../../../src/agreements/index.js';
import { graduatedLines } from '../../../src/rating/rules/graduated.js';

const GB = 10n ** 9n;
const TWO_TIERS: Tier[] = [
  { upTo: '100000', unitPrice: '0.02' },
  { upTo: null, unitPrice: '0.015' },
];
const WITH_FEES: Tier[] = [
  { upTo: '10', unitPrice: '1', flatFee: '5.00' },
  { upTo: '20', unitPrice: '0.5', flatFee: '7' },
  { upTo: null, unitPrice: '0.25', flatFee: '9.00' },
];

function graduated(tiers: Tier[], unit: TrafficUnit = 'GB') {
  return { model: 'graduated' as const, unit, payer: 'sender' as const, tiers };
}

function shown(tiers: Tier[], bytes: bigint, currency = 'USD') {
  return graduatedLines(graduated(tiers), 'aToB', bytes, currency).map((line) => [
    line.kind,
    line.tier,
    line.bytes,
    line.amount,
  ]);
}

test('120,000 GB cost 2300.00', () => {
  const lines = graduatedLines(graduated(TWO_TIERS), 'aToB', 120_000n * GB, 'USD');
  expect(lines).toMatchObject([
    { kind: 'usage', tier: 1, quantity: '100000', unitPrice: '0.02', amount: 200_000n, payer: 'A' },
    { kind: 'usage', tier: 2, quantity: '20000', unitPrice: '0.015', amount: 30_000n, payee: 'B' },
  ]);
});

test.each<[string, Tier[], bigint, unknown[]]>([
  ['nothing at all', TWO_TIERS, 0n, []],
  ['the upper bound belongs to its tier', TWO_TIERS, 100_000n * GB, [['usage', 1, 100_000n * GB, 200_000n]]],
  [
    'one byte above it is in the next',
    TWO_TIERS,
    100_000n * GB + 1n,
    [
      ['usage', 1, 100_000n * GB, 200_000n],
      ['usage', 2, 1n, 0n],
    ],
  ],
  ['the first flat fee is due at zero', WITH_FEES, 0n, [['flat_fee', 1, null, 500n]]],
  [
    'the second is not due at its lower bound',
    WITH_FEES,
    10n * GB,
    [
      ['usage', 1, 10n * GB, 1000n],
      ['flat_fee', 1, null, 500n],
    ],
  ],
  [
    'but one byte above it',
    WITH_FEES,
    10n * GB + 1n,
    [
      ['usage', 1, 10n * GB, 1000n],
      ['flat_fee', 1, null, 500n],
      ['usage', 2, 1n, 0n],
      ['flat_fee', 2, null, 700n],
    ],
  ],
  [
    'all three',
    WITH_FEES,
    24n * GB,
    [
      ['usage', 1, 10n * GB, 1000n],
      ['flat_fee', 1, null, 500n],
      ['usage', 2, 10n * GB, 500n],
      ['flat_fee', 2, null, 700n],
      ['usage', 3, 4n * GB, 100n],
      ['flat_fee', 3, null, 900n],
    ],
  ],
  ['a fee of 0 is no line', [{ upTo: null, unitPrice: '1', flatFee: '0.00' }], 0n, []],
])('%s', (_name, tiers, bytes, expected) => {
  expect(shown(tiers, bytes)).toEqual(expected);
});

test('a flat fee has a quantity of 1 and its own price', () => {
  const lines = graduatedLines(graduated(WITH_FEES), 'bToA', 0n, 'BHD');
  expect(lines).toEqual([
    {
      kind: 'flat_fee',
      direction: 'bToA',
      tier: 1,
      bytes: null,
      quantity: '1',
      unit: 'flat',
      unitPrice: '5.00',
      amount: 5000n,
      payer: 'B',
      payee: 'A',
    },
  ]);
});

test('a bound inside a byte: exact quantities, whole bytes that add up', () => {
  const tiers: Tier[] = [
    { upTo: '0.0000000015', unitPrice: '1000000000' },
    { upTo: null, unitPrice: '3000000000' },
  ];
  expect(shown(tiers, 3n, 'JPY')).toEqual([
    ['usage', 1, 1n, 2n],
    ['usage', 2, 2n, 5n],
  ]);
});

test.each<[string, Tier[]]>([
  ['no tiers', []],
  ['no open tier', [{ upTo: '1', unitPrice: '1' }]],
  ['an open tier before the last', [TWO_TIERS[1]!, TWO_TIERS[1]!]],
  ['bounds that fall', [{ upTo: '2', unitPrice: '1' }, { upTo: '1', unitPrice: '1' }, TWO_TIERS[1]!]],
  ['an equal bound', [{ upTo: '2', unitPrice: '1' }, { upTo: '2.0', unitPrice: '1' }, TWO_TIERS[1]!]],
  ['a first bound of 0', [{ upTo: '0', unitPrice: '1' }, TWO_TIERS[1]!]],
])('refuses %s', (_name, tiers) => {
  expect(() => graduatedLines(graduated(tiers), 'aToB', 1n, 'USD')).toThrow(RangeError);
});

test('agrees with a walk over whole-byte bounds', () => {
  const tier = fc.record({
    width: fc.integer({ min: 1, max: 5000 }),
    price: fc.nat(500_000),
    fee: fc.nat(2000),
  });
  fc.assert(
    fc.property(
      fc.array(tier, { minLength: 1, maxLength: 5 }),
      fc.bigInt(0n, 20_000n * GB),
      fc.constantFrom(0n, 1n, 7n),
      (specs, anyBytes, nudge) => {
        // Half of the runs land on or next to a tier's bound.
        const bytes = anyBytes % 2n === 0n ? anyBytes : BigInt(specs[0]!.width) * GB + nudge;
        let bound = 0;
        const tiers = specs.map(({ width, price, fee }, i): Tier => {
          bound += width;
          return {
            upTo: i === specs.length - 1 ? null : String(bound),
            unitPrice: `0.${String(price).padStart(6, '0')}`,
            flatFee: `${Math.floor(fee / 100)}.${String(fee % 100).padStart(2, '0')}`,
          };
        });
        const expected: [number, bigint, bigint, bigint][] = [];
        let left = bytes;
        specs.forEach(({ width, price, fee }, i) => {
          const room = i === specs.length - 1 ? left : BigInt(width) * GB;
          const part = left < room ? left : room;
          left -= part;
          const top = part * BigInt(price) * 100n;
          const bottom = GB * 1_000_000n;
          const amount = top / bottom + ((top % bottom) * 2n >= bottom ? 1n : 0n);
          expected.push([i + 1, part, amount, part > 0n || i === 0 ? BigInt(fee) : 0n]);
        });
        const lines = graduatedLines(graduated(tiers), 'aToB', bytes, 'USD');
        const usage = lines.filter((line) => line.kind === 'usage');
        const fees = lines.filter((line) => line.kind === 'flat_fee');
        expect(usage.map((line) => [line.tier, line.bytes, line.amount])).toEqual(
          expected.filter(([, part]) => part > 0n).map(([number, part, amount]) => [number, part, amount]),
        );
        expect(fees.map((line) => [line.tier, line.amount])).toEqual(
          expected.filter(([, , , fee]) => fee > 0n).map(([number, , , fee]) => [number, fee]),
        );
        expect(usage.reduce((sum, line) => sum + line.bytes!, 0n)).toBe(bytes);
      },
    ),
  );
});
