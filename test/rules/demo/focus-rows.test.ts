import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { bytesOf, readFocusBill, readTransfer, sortBill, sumOf } from '../../../src/demo/focus-rows.js';
import { formatDecimal } from '../../../src/money/index.js';

const SAMPLE = new URL('../../../src/demo/focus-sample/focus_sample.csv', import.meta.url);
const bill = sortBill(readFocusBill(readFileSync(SAMPLE, 'utf8')));

function read(description: string, figures: { quantity?: string; billedCost?: string } = {}): object {
  return readTransfer({ description, quantity: '1', billedCost: '0', ...figures });
}

describe('the rows of the sample', () => {
  test('are counted by what becomes of them', () => {
    expect(bill.rows).toBe(1000);
    expect(bill.transferRows).toBe(547);
    expect(bill.leftOut).toEqual({ negative: 2, within_one_cloud: 59, unclear_direction: 1 });
    expect(bill.taken).toHaveLength(485);
    expect(bill.taken.filter(({ direction }) => direction === 'egress')).toHaveLength(216);
    expect(bill.taken.filter(({ direction }) => direction === 'ingress')).toHaveLength(269);
    expect(bill.taken.filter(({ farEnd }) => farEnd === 'region')).toHaveLength(78);
    expect(bill.taken.filter(({ farEnd }) => farEnd === 'cdn')).toHaveLength(21);
  });

  test('have an egress of 4.6 GB worth 37 cents', () => {
    const egress = bill.taken.filter(({ direction }) => direction === 'egress');
    const quantity = sumOf(egress.map((row) => row.quantity));
    const cost = sumOf(egress.map((row) => row.listCost));
    expect(formatDecimal(quantity, 15)).toBe('4.621298068231875');
    expect(formatDecimal(quantity, 1)).toBe('4.6');
    expect(formatDecimal(cost, 11)).toBe('0.36875885769');
    expect(formatDecimal(cost, 2)).toBe('0.37');
    expect(cost).toEqual(sumOf(egress.map((row) => row.billedCost)));
  });

  test('lie in September 2024 and say whole seconds in UTC, a day at the longest', () => {
    for (const { start, end } of bill.taken) {
      expect(start).toMatch(/^2024-09-\d\dT\d\d:00:00Z$/);
      expect([3_600_000, 86_400_000]).toContain(Date.parse(end) - Date.parse(start));
    }
  });
});

describe('the direction of a row', () => {
  test.each([
    ['$0.000 per GB - data transfer in per month', 'ingress', 'internet'],
    ['$0.085 per GB - next 40 TB / month data transfer out', 'egress', 'internet'],
    ['Rtn Preference: MGN - Standard Data Transfer Out', 'egress', 'internet'],
    ['$0.00 per GB - US West (Oregon) data transfer from Asia Pacific (Singapore)', 'ingress', 'region'],
    ['$0.02 per GB - US West (Oregon) data transfer to EU (Ireland)', 'egress', 'region'],
    ['$0.00 per GB data transfer in to US West (Oregon) from CloudFront', 'ingress', 'cdn'],
    ['$0.00 per GB data transfer out of Asia Pacific (Tokyo) to CloudFront', 'egress', 'cdn'],
  ])('%s: %s, %s', (description, direction, farEnd) => {
    expect(read(description)).toEqual({ kind: 'taken', direction, farEnd });
  });

  test.each([
    ['$0.010 per GB - regional data transfer - in/out/between EC2 AZs', 'within_one_cloud'],
    ['Bandwidth Inter-Region - Intra Continent Data Transfer Out - North America', 'within_one_cloud'],
    ['Outbound Data Transfer Zone 1', 'unclear_direction'],
  ])('%s: left out, %s', (description, reason) => {
    expect(read(description)).toEqual({ kind: 'left_out', reason });
  });

  test('does not matter to a row that is negative, or no data transfer', () => {
    const out = '$0.090 per GB - first 10 TB / month data transfer out';
    expect(read(out, { quantity: '-0.1' })).toEqual({ kind: 'left_out', reason: 'negative' });
    expect(read(out, { billedCost: '-0.1' })).toEqual({ kind: 'left_out', reason: 'negative' });
    expect(read('$0.0116 per On Demand Linux t2.micro Instance Hour')).toEqual({ kind: 'other_charge' });
  });
});

describe('bytes of a billed quantity', () => {
  test.each([
    ['0', 0n],
    ['1', 1_073_741_824n],
    ['0.000000251457095', 270n],
    ['6.327708644800000', 6_794_325_422n],
    ['8388608.000000000931322575', 9_007_199_254_740_993n],
    ['0.000000000465661287', 0n],
    ['0.000000000465661288', 1n],
  ])('%s GB are %s bytes', (quantity, bytes) => {
    expect(bytesOf(quantity)).toBe(bytes);
  });
});

describe('a bill that is no FOCUS bill', () => {
  test('is refused with what is missing', () => {
    expect(() => readFocusBill('a,b\n1,2\n')).toThrow('Row 1 of the bill has no column ChargeDescription.');
  });

  test('is refused with the instant that is none', () => {
    const columns =
      'ChargeDescription,ConsumedQuantity,BilledCost,ListCost,ListUnitPrice,ChargePeriodStart,ChargePeriodEnd,SubAccountId,RegionId';
    expect(() => readFocusBill(`${columns}\nx,1,1,1,1,yesterday,2024-09-02 00:00:00,a,b\n`)).toThrow(
      'Not an instant of a FOCUS bill: "yesterday"',
    );
  });
});
