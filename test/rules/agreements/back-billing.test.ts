import { barredPeriods, isBackBillable } from '../../../src/agreements/rules/back-billing.js';
import { version } from '../traffic/support.js';

const at = (text: string): number => Date.parse(text);
const months = (count: number) => [version('2020-01', { backBillingMonths: count })];

test.each([
  // September ends at local midnight, 22:00 UTC; six months later clocks have changed once and back again.
  ['2026-03', 6, 'Europe/Berlin', '2026-09-30T22:00:00Z', true],
  ['2026-03', 6, 'Europe/Berlin', '2026-09-30T22:00:00.001Z', false],
  ['2026-08', 6, 'Europe/Berlin', '2027-02-28T23:00:00Z', true],
  ['2026-08', 6, 'Europe/Berlin', '2027-02-28T23:00:01Z', false],
  ['2026-10', 0, 'Etc/UTC', '2026-11-01T00:00:00Z', true],
  ['2026-10', 0, 'Etc/UTC', '2026-11-01T00:00:01Z', false],
  ['2026-10', 1, 'Etc/UTC', '2026-11-30T23:59:59Z', true],
  ['9999-11', 6, 'Etc/UTC', '9999-12-31T00:00:00Z', true],
] as const)('%s with %i months of back-billing in %s, at %s: %s', (period, count, timezone, now, open) => {
  expect(isBackBillable(period, months(count), timezone, at(now))).toBe(open);
});

test('a period keeps the back-billing time of its own terms', () => {
  const versions = [
    { ...version('2026-01', { backBillingMonths: 12 }), version: 1 },
    { ...version('2026-06', { backBillingMonths: 1 }), version: 2 },
  ];
  const issued = ['2026-05', '2026-06', '2026-07', '2026-10'];
  expect(barredPeriods(issued, versions, 'Etc/UTC', at('2026-11-15T00:00:00Z'))).toEqual([
    '2026-06',
    '2026-07',
  ]);
  expect(barredPeriods(issued, versions, 'Etc/UTC', at('2027-06-01T00:00:01Z'))).toEqual(issued);
});
