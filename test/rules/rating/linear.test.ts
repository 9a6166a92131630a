import fc from 'fast-check';
import type { FlowDirection, Payer, Side, TrafficUnit } from '../../../src/agreements/index.js';
import { linearLines } from '../../../src/rating/rules/linear.js';

const GB = 10n ** 9n;

function linear(unitPrice: string, unit: TrafficUnit = 'GB', payer: Payer = 'sender') {
  return { model: 'linear' as const, unit, payer, unitPrice };
}

test('no bytes, no line', () => {
  expect(linearLines(linear('0.04'), 'aToB', 0n, 'USD')).toEqual([]);
});

test('the whole line', () => {
  expect(linearLines(linear('0.04'), 'aToB', 120_000n * GB + 500n, 'USD')).toEqual([
    {
      kind: 'usage',
      direction: 'aToB',
      tier: null,
      bytes: 120_000_000_000_500n,
      quantity: '120000.0000005',
      unit: 'GB',
      unitPrice: '0.04',
      amount: 480_000n,
      payer: 'A',
      payee: 'B',
    },
  ]);
});

test.each<[FlowDirection, Payer, Side]>([
  ['aToB', 'sender', 'A'],
  ['aToB', 'receiver', 'B'],
  ['bToA', 'sender', 'B'],
  ['bToA', 'receiver', 'A'],
])('%s paid by the %s: %s pays', (direction, payer, side) => {
  const [line] = linearLines(linear('1', 'GB', payer), direction, GB, 'USD');
  expect(line).toMatchObject({ payer: side, payee: side === 'A' ? 'B' : 'A' });
});

test.each<[string, string, TrafficUnit, bigint, string, bigint]>([
  ['0.335 rounds away from zero', '0.335', 'GB', GB, 'USD', 34n],
  ['less than half a cent is a line of 0', '0.001', 'GB', GB, 'USD', 0n],
  ['a price of 0 is a line of 0', '0', 'GB', GB, 'USD', 0n],
  ['10 TB at 0.22 a GB', '0.22', 'GB', 10n ** 13n, 'USD', 220_000n],
  ['10 TB at 0.22 a GiB', '0.22', 'GiB', 10n ** 13n, 'USD', 204_891n],
  ['10 TB at 0.15 a GiB', '0.15', 'GiB', 10n ** 13n, 'USD', 139_698n],
  ['yen have no decimals', '0.5', 'GB', 3n * GB, 'JPY', 2n],
  ['dinars have three', '0.0005', 'GB', 3n * GB, 'BHD', 2n],
  ['bytes beyond 2^53 stay exact', '1000000000', 'GB', 2n ** 53n + 1n, 'JPY', 9_007_199_254_740_993n],
  ['sums beyond 2^63', '0.01', 'PB', 2n ** 70n, 'USD', 1_180_592n],
])('%s', (_name, price, unit, bytes, currency, amount) => {
  expect(linearLines(linear(price, unit), 'aToB', bytes, currency)[0]!.amount).toBe(amount);
});

test('agrees with scaled integers', () => {
  const sizes = { GB: 10n ** 9n, TB: 10n ** 12n, GiB: 1n << 30n, PiB: 1n << 50n };
  const unit = fc.constantFrom('GB' as const, 'TB' as const, 'GiB' as const, 'PiB' as const);
  fc.assert(
    fc.property(fc.bigInt(1n, 2n ** 75n), fc.nat(2_000_000_000), unit, (bytes, billionths, name) => {
      const digits = String(billionths).padStart(10, '0');
      const price = `${digits.slice(0, -9)}.${digits.slice(-9)}`;
      const [line] = linearLines(linear(price, name), 'bToA', bytes, 'BHD');
      const top = bytes * BigInt(billionths) * 1000n;
      const bottom = sizes[name] * 1_000_000_000n;
      const rest = top % bottom;
      expect(line!.amount).toBe(top / bottom + (rest * 2n >= bottom ? 1n : 0n));
    }),
  );
});
