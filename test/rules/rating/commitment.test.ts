import fc from 'fast-check';
import type { Side } from '../../../src/agreements/index.js';
import { trueUpLines } from '../../../src/rating/rules/commitment.js';
import type { RatedLine } from '../../../src/rating/rules/line.js';

function paid(payer: Side, amount: bigint, kind: RatedLine['kind'] = 'usage'): RatedLine {
  return {
    kind,
    direction: 'aToB',
    tier: null,
    bytes: null,
    quantity: '1',
    unit: 'flat',
    unitPrice: '1',
    amount,
    payer,
    payee: payer === 'A' ? 'B' : 'A',
  };
}

test('a commitment of 24,000.00 and charges of 21,750.00: a true-up of 2250.00', () => {
  const charges = [
    paid('A', 2_000_000n),
    paid('A', 100_000n, 'flat_fee'),
    paid('A', 75_000n, 'ratio_excess'),
  ];
  expect(trueUpLines([{ party: 'A', amount: '24000.00' }], charges, 'USD')).toEqual([
    {
      kind: 'true_up',
      direction: null,
      tier: null,
      bytes: null,
      quantity: '2250',
      unit: 'USD',
      unitPrice: '1',
      amount: 225_000n,
      payer: 'A',
      payee: 'B',
    },
  ]);
});

test.each<[string, string, RatedLine[], bigint[]]>([
  ['met exactly', '10.00', [paid('A', 1000n)], []],
  ['exceeded', '10.00', [paid('A', 1001n)], []],
  ['short of a cent', '10.00', [paid('A', 999n)], [1n]],
  ['no charges', '10.00', [], [1000n]],
  ['the other party pays for itself', '10.00', [paid('B', 5000n)], [1000n]],
  [
    'percentile lines count',
    '10.00',
    [paid('A', 300n, 'percentile_commit'), paid('A', 200n, 'percentile_overage')],
    [500n],
  ],
  ['a commitment of 0', '0.00', [], []],
  ['no decimals given', '10', [paid('A', 1n)], [999n]],
])('%s', (_name, amount, charges, expected) => {
  const lines = trueUpLines([{ party: 'A', amount }], charges, 'USD');
  expect(lines.map((line) => line.amount)).toEqual(expected);
});

test.each([
  ['JPY', '5000', 5000n, '5000'],
  ['BHD', '1.2345', 1235n, '1.235'],
])('in %s', (currency, amount, expected, quantity) => {
  const lines = trueUpLines([{ party: 'B', amount }], [], currency);
  expect(lines).toMatchObject([{ amount: expected, quantity, unit: currency, payer: 'B', payee: 'A' }]);
});

test('both parties may commit, each once', () => {
  const both = trueUpLines(
    [
      { party: 'B', amount: '1' },
      { party: 'A', amount: '2' },
    ],
    [],
    'USD',
  );
  expect(both.map(({ payer, amount }) => [payer, amount])).toEqual([
    ['B', 100n],
    ['A', 200n],
  ]);
  const twice = { party: 'A' as const, amount: '1' };
  expect(() => trueUpLines([twice, twice], [], 'USD')).toThrow(RangeError);
});

test('charges and true-up together reach the commitment and pass it only by charges', () => {
  const line = fc.record({ payer: fc.constantFrom<Side>('A', 'B'), amount: fc.bigInt(0n, 10n ** 12n) });
  fc.assert(
    fc.property(fc.array(line), fc.nat(2_000_000_000), (specs, cents) => {
      const amount = `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
      const charges = specs.map((spec) => paid(spec.payer, spec.amount));
      const lines = trueUpLines([{ party: 'B', amount }], charges, 'USD');
      let total = 0n;
      for (const spec of specs) if (spec.payer === 'B') total += spec.amount;
      const reached = total + lines.reduce((sum, { amount: due }) => sum + due, 0n);
      expect(reached).toBe(total > BigInt(cents) ? total : BigInt(cents));
    }),
  );
});
