import fc from 'fast-check';
import type { Tier } from '../../../src/agreements/index.js';
import { volumeLines } from '../../../src/rating/rules/volume.js';

const GB = 10n ** 9n;
const TWO_TIERS: Tier[] = [
  { upTo: '100000', unitPrice: '0.02' },
  { upTo: null, unitPrice: '0.015' },
];
const WITH_FEES: Tier[] = [
  { upTo: '10', unitPrice: '1', flatFee: '5.00' },
  { upTo: '20', unitPrice: '0.5', flatFee: '7.00' },
  { upTo: null, unitPrice: '0.25' },
];

function volume(tiers: Tier[], payer: 'sender' | 'receiver' = 'sender') {
  return { model: 'volume' as const, unit: 'GB' as const, payer, tiers };
}

test.each<[string, Tier[], bigint, unknown[]]>([
  ['nothing at all', TWO_TIERS, 0n, []],
  ['back to the first byte: 1800.00', TWO_TIERS, 120_000n * GB, [['usage', 2, 120_000n * GB, 180_000n]]],
  ['at the bound: 2000.00', TWO_TIERS, 100_000n * GB, [['usage', 1, 100_000n * GB, 200_000n]]],
  ['a byte above: 1500.00', TWO_TIERS, 100_000n * GB + 1n, [['usage', 2, 100_000n * GB + 1n, 150_000n]]],
  ['the first fee is due at zero', WITH_FEES, 0n, [['flat_fee', 1, null, 500n]]],
  [
    'only the landing tier has its fee',
    WITH_FEES,
    15n * GB,
    [
      ['usage', 2, 15n * GB, 750n],
      ['flat_fee', 2, null, 700n],
    ],
  ],
  [
    'the lower fee up to the bound',
    WITH_FEES,
    10n * GB,
    [
      ['usage', 1, 10n * GB, 1000n],
      ['flat_fee', 1, null, 500n],
    ],
  ],
  ['no fee where the landing tier has none', WITH_FEES, 21n * GB, [['usage', 3, 21n * GB, 525n]]],
])('%s', (_name, tiers, bytes, expected) => {
  const lines = volumeLines(volume(tiers), 'aToB', bytes, 'USD');
  expect(lines.map((line) => [line.kind, line.tier, line.bytes, line.amount])).toEqual(expected);
});

test('the receiver may be the payer', () => {
  const lines = volumeLines(volume(WITH_FEES, 'receiver'), 'aToB', GB, 'USD');
  expect(lines.map(({ payer, payee }) => [payer, payee])).toEqual([
    ['B', 'A'],
    ['B', 'A'],
  ]);
});

test('refuses tiers without an open end', () => {
  expect(() => volumeLines(volume([{ upTo: '1', unitPrice: '1' }]), 'aToB', 0n, 'USD')).toThrow(RangeError);
});

test('agrees with a search from the top', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 1, max: 9999 }), { minLength: 1, maxLength: 5 }),
      fc.bigInt(1n, 12_000n * GB),
      fc.boolean(),
      (unordered, anyBytes, onBound) => {
        const bounds = [...unordered].sort((a, b) => a - b);
        const bytes = onBound ? BigInt(bounds[0]!) * GB : anyBytes;
        const milli = (i: number) => 900 - 100 * i;
        const tiers = [...bounds, null].map((upTo, i): Tier => ({
          upTo: upTo === null ? null : String(upTo),
          unitPrice: `0.${milli(i)}`,
        }));
        let landing = bounds.length;
        while (landing > 0 && bytes <= BigInt(bounds[landing - 1]!) * GB) landing -= 1;
        const thousandths = (bytes * BigInt(milli(landing)) * 100n * 2n) / (GB * 1000n);
        const [line, ...others] = volumeLines(volume(tiers), 'bToA', bytes, 'USD');
        expect(others).toEqual([]);
        expect(line!.tier).toBe(landing + 1);
        expect(line!.bytes).toBe(bytes);
        expect(line!.amount).toBe((thousandths + 1n) / 2n);
      },
    ),
  );
});
