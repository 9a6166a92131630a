import { describe, expect, test } from '@jest/globals';
import { foundingStory } from '../../../src/demo/founding-story.js';
import type { TrafficReport } from '../../../src/demo/peering.js';
import { readSample, realBill, SCALE } from '../../../src/demo/real-bill.js';

function total(reports: readonly TrafficReport[]): bigint {
  return reports.reduce((sum, { bytes }) => sum + BigInt(bytes), 0n);
}

function idsAreUnique(reports: readonly TrafficReport[]): boolean {
  return new Set(reports.map(({ id }) => id)).size === reports.length;
}

describe('the founding story', () => {
  const { reports } = foundingStory();

  test('is 10^13 bytes on both sides, under ids of their own', () => {
    expect(total(reports.A)).toBe(10n ** 13n);
    expect(total(reports.B)).toBe(10n ** 13n);
    expect(idsAreUnique(reports.A) && idsAreUnique(reports.B)).toBe(true);
  });

  test('has shares that are whole cents at 22 and at 15 cents a GB', () => {
    const customers = new Map<string, bigint>();
    for (const { customer, bytes } of reports.A) {
      customers.set(customer!, (customers.get(customer!) ?? 0n) + BigInt(bytes));
    }
    expect(customers.size).toBe(4);
    for (const bytes of customers.values()) {
      expect((bytes * 22n) % 10n ** 9n).toBe(0n);
      expect((bytes * 15n) % 10n ** 9n).toBe(0n);
    }
  });

  test('has hours on both sides of midnight, and one more in the night when the clocks go back', () => {
    const starts = [...new Set(reports.A.map(({ start }) => start))];
    expect(starts).toHaveLength(30 * 4 + 1);
    expect(starts.slice(0, 4)).toEqual([
      '2024-10-01T21:00:00Z',
      '2024-10-01T22:00:00Z',
      '2024-10-01T23:00:00Z',
      '2024-10-02T00:00:00Z',
    ]);
    const long = starts.filter((start) => start >= '2024-10-26T12' && start < '2024-10-27T12');
    expect(long).toHaveLength(5);
    expect(long.at(-1)).toBe('2024-10-27T01:00:00Z');
  });
});

describe('the real bill', () => {
  const { peering, days } = realBill(readSample());

  test('has every kind of disagreement, in both directions where a side is missing', () => {
    expect(days).toEqual({ missing: 3, lost_record: 2, wrong_bytes: 3, noise: 14, equal: 38 });
    const daysOf = (reports: readonly TrafficReport[], direction: string): Set<string> =>
      new Set(
        reports.filter((report) => report.direction === direction).map(({ start }) => start.slice(0, 10)),
      );
    expect(daysOf(peering.reports.B, 'ingress').size).toBeLessThan(daysOf(peering.reports.A, 'egress').size);
    expect(daysOf(peering.reports.B, 'egress').size).toBeLessThan(daysOf(peering.reports.A, 'ingress').size);
  });

  test('is scaled by a million, exactly', () => {
    for (const { bytes } of peering.reports.A) expect(BigInt(bytes) % SCALE).toBe(0n);
    const row = peering.reports.A.find(({ id }) => id === 'row-6');
    expect(row).toEqual({
      id: 'row-6',
      direction: 'ingress',
      start: '2024-09-27T06:00:00Z',
      end: '2024-09-27T07:00:00Z',
      bytes: '6794325422000000',
      chargedUnitPrice: '0',
      customer: '11353890204',
      destinationRegion: 'us-east-1',
    });
  });

  test('has no price above the list price, so that what was charged governs', () => {
    const prices = Object.fromEntries(peering.partyA.prices.map(({ side, unitPrice }) => [side, unitPrice]));
    expect(prices).toEqual({ egress: '0.114', ingress: '0' });
    for (const { direction, chargedUnitPrice } of peering.reports.A) {
      expect(Number(chargedUnitPrice)).toBeLessThanOrEqual(Number(prices[direction]));
    }
  });

  test('shows the other side no customer reference of the bill', () => {
    const accounts = new Set(peering.reports.A.map(({ customer }) => customer));
    for (const { customer } of peering.reports.B) expect(accounts.has(customer)).toBe(false);
  });
});
