import fc from 'fast-check';
import { rate } from '../../../src/rating/index.js';
import {
  adjustmentLines,
  compareAdjustments,
  concessionLine,
  lineDifferences,
  type AdjustmentLine,
  type LineFigures,
} from '../../../src/settlement/rules/adjustments.js';
import { terms } from './support.js';

const TB = 10n ** 12n;
const MARCH = { period: '2026-03', version: 2 };
const late = 'late' as const;

function line(change: Partial<LineFigures> = {}): LineFigures {
  return {
    kind: 'usage',
    direction: 'aToB',
    tier: null,
    bytes: 60n * TB,
    quantity: '60',
    unit: 'TB',
    unitPrice: '20',
    amount: 120_000n,
    payer: 'A',
    payee: 'B',
    ...change,
  };
}

test('the worked example: 60 TB charged at 20, then 40 more are known', () => {
  const now = line({ bytes: 100n * TB, quantity: '100', amount: 200_000n });
  const stages = [{ lines: [now], reference: 'alpha-beta-0001', cause: late }];
  const adjusted = adjustmentLines(MARCH, [line()], stages);
  expect(adjusted).toEqual([
    {
      ...line({ bytes: 40n * TB, quantity: '40', amount: 80_000n }),
      kind: 'adjustment',
      originalKind: 'usage',
      originalPeriod: '2026-03',
      version: 2,
      cause: 'late',
      reference: 'alpha-beta-0001',
    },
  ]);
  // Applied once: with the adjustment issued too, nothing is left.
  const issued = [line(), { ...adjusted[0]!, kind: 'usage' as const }];
  expect(adjustmentLines(MARCH, issued, stages)).toEqual([]);
});

test('a charge that is no more is taken back whole, one that is new is charged whole', () => {
  const before = line({ tier: 1 });
  const now = line({ tier: 2, unitPrice: '10', amount: 60_000n });
  expect(lineDifferences([now], [before])).toEqual([
    { ...before, bytes: -60n * TB, quantity: '-60', amount: -120_000n },
    now,
  ]);
});

test('what came to the same is no difference, whatever the order and number of lines', () => {
  const halves = [line({ bytes: 30n * TB, quantity: '30', amount: 60_000n })];
  expect(lineDifferences([line()], [...halves, ...halves])).toEqual([]);
});

test('bytes that cost nothing are shown', () => {
  const free = line({ unitPrice: '0', amount: 0n });
  expect(lineDifferences([{ ...free, bytes: 61n * TB, quantity: '61' }], [free])).toEqual([
    { ...free, bytes: TB, quantity: '1' },
  ]);
});

test('each cause has its own difference, one after the other', () => {
  const stages = [
    { lines: [line({ amount: 130_000n })], reference: 'x-0001', cause: late },
    { lines: [line({ amount: 110_000n })], reference: 'dispute', cause: 'dispute' as const },
  ];
  expect(
    adjustmentLines(MARCH, [line()], stages).map(({ cause, reference, amount }) => [
      cause,
      reference,
      amount,
    ]),
  ).toEqual([
    ['late', 'x-0001', 10_000n],
    ['dispute', 'dispute', -20_000n],
  ]);
});

test('conceded money is a line of its own, which no recomputation counts', () => {
  const money = { disputeId: 'd', period: '2026-03', direction: null, payer: 'A', amount: -1_234n } as const;
  expect(concessionLine(money, 2, 'BHD')).toMatchObject({
    kind: 'adjustment',
    originalKind: null,
    cause: 'dispute',
    reference: 'd',
    bytes: null,
    quantity: '-1.234',
    unit: 'BHD',
    unitPrice: '1',
    amount: -1_234n,
    payer: 'A',
    payee: 'B',
  });
});

test('adjustments are listed by period, cause and reference, then as lines are, conceded money last', () => {
  const of = (change: Partial<AdjustmentLine>): AdjustmentLine => ({
    ...adjustmentLines(MARCH, [], [{ lines: [line()], reference: 'x-0001', cause: late }])[0]!,
    ...change,
  });
  const ordered = [
    of({ originalPeriod: '2026-01', cause: 'dispute' }),
    of({}),
    of({ direction: 'bToA' }),
    of({ direction: null }),
    of({ originalKind: 'true_up' }),
    of({ cause: 'correction', reference: 'a' }),
    of({ cause: 'dispute', reference: 'a', originalKind: null }),
    of({ cause: 'dispute', reference: 'b' }),
  ];
  expect([...ordered].reverse().sort(compareAdjustments)).toEqual(ordered);
});

test('however often a period is restated, all its lines add up to it computed whole', () => {
  const agreed = terms({
    directions: {
      aToB: {
        zeroRating: { kind: 'allowance', quantity: '3', unit: 'TB' },
        pricing: {
          model: 'graduated',
          unit: 'TB',
          tiers: [
            { upTo: '4', unitPrice: '0.333' },
            { upTo: null, unitPrice: '0.111', flatFee: '0.07' },
          ],
        },
      },
    },
    ratioExcess: { ratio: '2', unitPrice: '0.013', unit: 'GB' },
    commitments: [{ party: 'A', amount: '1.50' }],
  });
  const usage = fc.tuple(fc.bigInt({ min: 0n, max: 12n * TB }), fc.bigInt({ min: 0n, max: 6n * TB }));
  const rated = ([aToB, bToA]: [bigint, bigint]) => {
    const settledBytes = { aToB, bToA };
    return rate(agreed, { settledBytes, zeroRatableBytes: settledBytes }, 'USD').lines;
  };
  fc.assert(
    fc.property(usage, fc.array(usage, { minLength: 1, maxLength: 5 }), (first, later) => {
      const issued: LineFigures[] = [...rated(first)];
      for (const known of later) {
        const stages = [{ lines: rated(known), reference: 'x-0001', cause: late }];
        for (const { originalKind, ...adjusted } of adjustmentLines(MARCH, issued, stages)) {
          issued.push({ ...adjusted, kind: originalKind! });
        }
      }
      expect(lineDifferences(rated(later.at(-1)!), issued)).toEqual([]);
      const paid = (lines: readonly LineFigures[]) =>
        lines.reduce((sum, { payer, amount }) => sum + (payer === 'A' ? amount : -amount), 0n);
      expect(paid(issued)).toBe(paid(rated(later.at(-1)!)));
    }),
  );
});
