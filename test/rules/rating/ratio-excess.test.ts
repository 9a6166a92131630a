import fc from 'fast-check';
import type { RatioExcess } from '../../../src/agreements/index.js';
import { ratioExcessLines } from '../../../src/rating/rules/ratio-excess.js';

const GB = 10n ** 9n;

function terms(ratio: string, unitPrice: string): RatioExcess {
  return { ratio, unitPrice, unit: 'GB' };
}

test('300,000 GB against 100,000 GB at 2:1 and 0.01: A pays 1000.00', () => {
  const lines = ratioExcessLines(terms('2', '0.01'), { aToB: 300_000n * GB, bToA: 100_000n * GB }, 'USD');
  expect(lines).toEqual([
    {
      kind: 'ratio_excess',
      direction: 'aToB',
      tier: null,
      bytes: 100_000n * GB,
      quantity: '100000',
      unit: 'GB',
      unitPrice: '0.01',
      amount: 100_000n,
      payer: 'A',
      payee: 'B',
    },
  ]);
});

test.each([
  ['balanced/unbalanced at 0.005', '1', '0.005', 300_000n, 100_000n, [['aToB', 'A', 100_000n]]],
  ['B is the heavier sender', '2', '0.01', 100_000n, 300_000n, [['bToA', 'B', 100_000n]]],
  ['no reverse traffic', '2', '0.01', 5_000n, 0n, [['aToB', 'A', 5_000n]]],
  ['no forward traffic', '2', '0.01', 0n, 5_000n, [['bToA', 'B', 5_000n]]],
  ['exactly at the ratio', '2', '0.01', 200_000n, 100_000n, []],
  ['below the ratio', '2', '0.01', 150_000n, 100_000n, []],
  ['no traffic', '2', '0.01', 0n, 0n, []],
  ['equal flows', '1', '0.01', 100_000n, 100_000n, []],
  ['equal flows have no heavier sender', '0.5', '0.01', 100_000n, 100_000n, []],
  ['a decimal ratio', '1.8', '0.01', 300_000n, 100_000n, [['aToB', 'A', 120_000n]]],
])('%s', (_name, ratio, price, aToB, bToA, expected) => {
  const lines = ratioExcessLines(terms(ratio, price), { aToB: aToB * GB, bToA: bToA * GB }, 'USD');
  expect(lines.map(({ direction, payer, amount }) => [direction, payer, amount])).toEqual(expected);
});

test('an excess of part of a byte: exact for the amount, floored for show', () => {
  const [line] = ratioExcessLines(terms('1.5', '1000000000'), { aToB: 6n, bToA: 3n }, 'JPY');
  expect(line).toMatchObject({ bytes: 1n, quantity: '0.0000000015', amount: 2n });
  const [small] = ratioExcessLines(terms('1.5', '1000000000'), { aToB: 2n, bToA: 1n }, 'USD');
  expect(small).toMatchObject({ bytes: 0n, amount: 50n });
});

test('agrees with scaled integers', () => {
  const bytes = fc.bigInt(0n, 2n ** 66n);
  fc.assert(
    fc.property(
      bytes,
      bytes,
      fc.integer({ min: 100, max: 400 }),
      fc.nat(99_999),
      (aToB, bToA, percent, price) => {
        const ratio = `${Math.floor(percent / 100)}.${String(percent % 100).padStart(2, '0')}`;
        const text = `0.${String(price).padStart(5, '0')}`;
        const lines = ratioExcessLines(terms(ratio, text), { aToB, bToA }, 'USD');
        const payable = { A: 0n, B: 0n };
        const charge = (sent: bigint, received: bigint): bigint => {
          const hundredths = sent * 100n - received * BigInt(percent);
          if (hundredths <= 0n || sent <= received) return 0n;
          const top = hundredths * BigInt(price) * 100n;
          const bottom = 100n * GB * 100_000n;
          return top / bottom + ((top % bottom) * 2n >= bottom ? 1n : 0n);
        };
        for (const line of lines) payable[line.payer] += line.amount;
        expect(payable).toEqual({ A: charge(aToB, bToA), B: charge(bToA, aToB) });
        expect(lines.length).toBe(
          aToB * 100n > bToA * BigInt(percent) || bToA * 100n > aToB * BigInt(percent) ? 1 : 0,
        );
      },
    ),
  );
});
