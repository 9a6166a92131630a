import fc from 'fast-check';
import type { ListPrice } from '../../../src/providers/rules/list-price.js';
import { creditPriceAt, priceCuts } from '../../../src/traffic/rules/price-in-force.js';
import type { TrafficRecord } from '../../../src/traffic/rules/traffic-record.js';
import { at, listPrice, record } from './support.js';

const START = '2026-10-05T00:00:00Z';

function priceOf(prices: ListPrice[], more: Partial<TrafficRecord> = {}, instant = START) {
  return creditPriceAt(prices, record(START, '2026-10-05T01:00:00Z', more), at(instant));
}

describe('where no price was in force', () => {
  test.each<[string, ListPrice[]]>([
    ['none at all', []],
    ['one that begins later', [listPrice('2026-10-06T00:00:00Z', '0.22')]],
    ['one for ingress', [listPrice('2026-10-01T00:00:00Z', '0.22', { side: 'ingress' })]],
    ['one for another region', [listPrice('2026-10-01T00:00:00Z', '0.22', { region: 'us' })]],
  ])('egress is unpriced: %s', (_name, prices) => {
    const unpriced = { priceFrom: 0, region: '', unit: 'GB', unitPrice: '' };
    expect(priceOf(prices, { sourceRegion: 'eu' })).toEqual(unpriced);
    expect(priceOf(prices, { chargedUnitPrice: '0.10' })).toEqual(unpriced);
  });

  test('ingress is free', () => {
    const free = { priceFrom: 0, region: '', unit: 'GB', unitPrice: '0' };
    expect(priceOf([], { direction: 'ingress' })).toEqual(free);
    expect(priceOf([listPrice('2026-10-01T00:00:00Z', '0.22')], { direction: 'ingress' })).toEqual(free);
    expect(priceOf([], { direction: 'ingress', chargedUnitPrice: '0.10' })).toEqual(free);
  });

  test('ingress that was given a price is not free', () => {
    const price = listPrice('2026-10-01T00:00:00Z', '0.150', { side: 'ingress', unit: 'GiB' });
    expect(priceOf([price], { direction: 'ingress' })).toEqual({
      priceFrom: price.from,
      region: '',
      unit: 'GiB',
      unitPrice: '0.15',
    });
  });
});

describe('a price holds from its start until the next one', () => {
  const prices = [
    listPrice('2026-10-01T00:00:00Z', '0.20'),
    listPrice('2026-10-05T00:00:00Z', '0.30'),
    listPrice('2026-10-09T00:00:00Z', '0.10'),
  ];
  test.each([
    ['2026-10-01T00:00:00Z', '0.2'],
    ['2026-10-04T23:59:59Z', '0.2'],
    ['2026-10-05T00:00:00Z', '0.3'],
    ['2026-10-08T23:59:59Z', '0.3'],
    ['2026-10-09T00:00:00Z', '0.1'],
    ['2030-01-01T00:00:00Z', '0.1'],
    ['2026-09-30T23:59:59Z', ''],
  ])('at %s it is %s', (instant, expected) => {
    expect(priceOf(prices, {}, instant).unitPrice).toBe(expected);
    expect(priceOf([...prices].reverse(), {}, instant).unitPrice).toBe(expected);
  });
});

describe('regions', () => {
  const prices = [
    listPrice('2026-01-01T00:00:00Z', '0.20'),
    listPrice('2026-02-01T00:00:00Z', '0.50', { region: 'eu' }),
    listPrice('2026-03-01T00:00:00Z', '0.30'),
    listPrice('2026-11-01T00:00:00Z', '0.60', { region: 'eu' }),
    listPrice('2026-01-01T00:00:00Z', '0.01', { region: 'asia', side: 'ingress' }),
  ];
  test.each<[string, Partial<TrafficRecord>, string, string]>([
    ['its own goes before all others, even newer ones', { sourceRegion: 'eu' }, START, '0.5'],
    ['before it began, that of all regions', { sourceRegion: 'eu' }, '2026-01-15T00:00:00Z', '0.2'],
    ['the newest of its own', { sourceRegion: 'eu' }, '2026-11-01T00:00:00Z', '0.6'],
    ['another region', { sourceRegion: 'us' }, START, '0.3'],
    ['no region', {}, START, '0.3'],
    ['egress goes by its source', { sourceRegion: 'us', destinationRegion: 'eu' }, START, '0.3'],
    ['ingress goes by its destination', { direction: 'ingress', destinationRegion: 'asia' }, START, '0.01'],
    ['and not by its source', { direction: 'ingress', sourceRegion: 'asia' }, START, '0'],
  ])('%s', (_name, more, instant, expected) => {
    expect(priceOf(prices, more, instant).unitPrice).toBe(expected);
    expect(priceOf([...prices].reverse(), more, instant).unitPrice).toBe(expected);
  });

  test('are named with the price', () => {
    expect(priceOf(prices, { sourceRegion: 'eu' })).toMatchObject({
      region: 'eu',
      priceFrom: at('2026-02-01T00:00:00Z'),
    });
    expect(priceOf(prices, { sourceRegion: 'us' })).toMatchObject({ region: '' });
  });
});

test.each([
  ['0.22', null, '0.22'],
  ['0.22', '0.10', '0.1'],
  ['0.22', '0.22', '0.22'],
  ['0.22', '0.30', '0.22'],
  ['0.22', '0', '0'],
  ['9', '10', '9'],
  ['10', '9', '9'],
  ['0.22', '0.219999999999', '0.219999999999'],
  ['0.000000000002', '0.000000000001', '0.000000000001'],
])('of a list price of %s and a charged one of %s, %s is credited', (list, charged, expected) => {
  const prices = [listPrice('2026-10-01T00:00:00Z', list, { unit: 'TiB' })];
  expect(priceOf(prices, { chargedUnitPrice: charged })).toEqual({
    priceFrom: at('2026-10-01T00:00:00Z'),
    region: '',
    unit: 'TiB',
    unitPrice: expected,
  });
});

test('prices are given in one spelling, so that sums of the same price are one sum', () => {
  const of = (list: string, chargedUnitPrice: string | null) =>
    priceOf([listPrice('2026-10-01T00:00:00Z', list)], { chargedUnitPrice });
  expect(of('0.220', null)).toEqual(of('0.22', null));
  expect(of('1', '0.220000000000')).toEqual(of('1', '0.22'));
});

describe('cuts', () => {
  const prices = [
    listPrice('2026-10-03T00:00:00Z', '0.3', { region: 'eu' }),
    listPrice('2026-10-02T00:00:00Z', '0.2'),
    listPrice('2026-10-03T00:00:00Z', '0.4'),
    listPrice('2026-10-04T00:00:00Z', '0.5', { side: 'ingress' }),
  ];
  test.each([
    ['egress', '2026-10-01T00:00:00Z', '2026-10-31T00:00:00Z', ['2026-10-02', '2026-10-03']],
    ['ingress', '2026-10-01T00:00:00Z', '2026-10-31T00:00:00Z', ['2026-10-04']],
    ['egress', '2026-10-02T00:00:00Z', '2026-10-03T00:00:00Z', []],
    ['egress', '2026-10-01T23:59:59Z', '2026-10-03T00:00:01Z', ['2026-10-02', '2026-10-03']],
  ] as const)('of %s between %s and %s', (side, start, end, expected) => {
    const cuts = priceCuts(prices, side, at(start), at(end));
    expect(cuts).toEqual(expected.map((day) => at(`${day}T00:00:00Z`)));
  });
});

test('between two cuts the price never changes', () => {
  const price = fc.record({
    day: fc.integer({ min: 1, max: 9 }),
    cents: fc.nat(50),
    region: fc.constantFrom(null, 'eu', 'us'),
    side: fc.constantFrom('egress' as const, 'ingress' as const),
  });
  fc.assert(
    fc.property(
      fc.array(price, { maxLength: 8 }),
      fc.constantFrom(null, 'eu', 'us'),
      fc.constantFrom('egress' as const, 'ingress' as const),
      (specs, region, direction) => {
        const prices = specs.map(({ day, cents, ...more }) =>
          listPrice(`2026-10-0${day}T00:00:00Z`, String(cents), more),
        );
        const each = record('2026-10-01T06:00:00Z', '2026-10-10T06:00:00Z', {
          direction,
          sourceRegion: direction === 'egress' ? region : null,
          destinationRegion: direction === 'egress' ? null : region,
        });
        const cuts = priceCuts(prices, direction, each.start, each.end);
        const edges = [each.start, ...cuts, each.end];
        for (let i = 0; i + 1 < edges.length; i += 1) {
          const first = creditPriceAt(prices, each, edges[i]!);
          expect(creditPriceAt(prices, each, edges[i + 1]! - 1)).toEqual(first);
        }
      },
    ),
  );
});
