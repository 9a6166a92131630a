import fc from 'fast-check';
import { creditAmount, shareCredits, type CreditClaim } from '../../../src/rating/index.js';

function claim(customer: string | null, bytes: bigint, more: Partial<CreditClaim> = {}): CreditClaim {
  return { customer, priceFrom: 0, region: null, unitPrice: '0.22', unit: 'GB', bytes, ...more };
}

function shown(zeroRatedBytes: bigint, claims: CreditClaim[]) {
  return shareCredits(zeroRatedBytes, claims).map((share) => [share.claim.customer, share.bytes]);
}

describe('the founding case', () => {
  test.each([
    ['GB', '0.22', 220_000n],
    ['GB', '0.15', 150_000n],
    ['GiB', '0.22', 204_891n],
    ['GiB', '0.15', 139_698n],
  ] as const)('10^13 bytes by the %s at %s', (unit, price, expected) => {
    const [share] = shareCredits(10n ** 13n, [claim('acme', 10n ** 13n, { unit, unitPrice: price })]);
    expect(share).toMatchObject({ bytes: 10n ** 13n, outcome: 'credit' });
    expect(creditAmount(share!.bytes, unit, price, 'USD')).toBe(expected);
  });
});

test('both clouds credit their own customers, who save 3700.00', () => {
  const credited = ['0.22', '0.15'].map((price) => creditAmount(10n ** 13n, 'GB', price, 'USD'));
  expect(credited[0]! + credited[1]!).toBe(370_000n);
});

test.each([
  ['yen', 3n * 10n ** 9n, '0.5', 'JPY', 2n],
  ['dinars', 10n ** 9n, '0.0005', 'BHD', 1n],
  ['no bytes', 0n, '0.22', 'USD', 0n],
])('an amount in %s', (_name, bytes, price, currency, expected) => {
  expect(creditAmount(bytes, 'GB', price, currency)).toBe(expected);
});

test.each<[string, bigint, CreditClaim[], unknown[]]>([
  ['no claims', 10n, [], []],
  [
    'reported less than zero-rated: all of it',
    100n,
    [claim('a', 30n), claim('b', 20n)],
    [
      ['a', 30n],
      ['b', 20n],
    ],
  ],
  [
    'zero-rated less than reported: pro rata',
    25n,
    [claim('a', 30n), claim('b', 20n)],
    [
      ['a', 15n],
      ['b', 10n],
    ],
  ],
  ['nothing zero-rated', 0n, [claim('a', 30n)], [['a', 0n]]],
  ['nothing reported', 10n, [claim('a', 0n)], [['a', 0n]]],
  [
    'a tie goes to the earlier reference',
    1n,
    [claim('b', 5n), claim('a', 5n)],
    [
      ['a', 1n],
      ['b', 0n],
    ],
  ],
  [
    'no customer is first among ties',
    1n,
    [claim('', 5n), claim(null, 5n)],
    [
      [null, 1n],
      ['', 0n],
    ],
  ],
  [
    'a larger remainder beats the order',
    1n,
    [claim('a', 4n), claim('b', 5n)],
    [
      ['a', 0n],
      ['b', 1n],
    ],
  ],
  [
    'byte order, not that of a language',
    1n,
    [claim('a', 5n), claim('Z', 5n)],
    [
      ['Z', 1n],
      ['a', 0n],
    ],
  ],
  [
    'a prefix comes first',
    1n,
    [claim('ab', 5n), claim('a', 5n)],
    [
      ['a', 1n],
      ['ab', 0n],
    ],
  ],
  // U+FFFD is EF BF BD in UTF-8 and U+1F600 is F0 9F 98 80, although its first code unit is D83D.
  [
    'UTF-8, not UTF-16',
    1n,
    [claim('\u{1F600}', 5n), claim('\uFFFD', 5n)],
    [
      ['\uFFFD', 1n],
      ['\u{1F600}', 0n],
    ],
  ],
])('%s', (_name, zeroRated, claims, expected) => {
  expect(shown(zeroRated, claims)).toEqual(expected);
});

test('within a customer: price start, then region, none first; then price and unit', () => {
  const ordered = [
    claim('a', 1n, { priceFrom: null }),
    claim('a', 1n, { priceFrom: 5, region: 'eu' }),
    claim('a', 1n, { priceFrom: 10, region: null }),
    claim('a', 1n, { priceFrom: 10, region: 'eu', unitPrice: null }),
    claim('a', 1n, { priceFrom: 10, region: 'eu', unitPrice: '0.9' }),
    claim('a', 1n, { priceFrom: 10, region: 'eu', unitPrice: '0.9', unit: 'GiB' }),
    claim('a', 1n, { priceFrom: 10, region: 'eu', unitPrice: '0.90' }),
    claim('a', 1n, { priceFrom: 10, region: 'eu', unitPrice: '0.111' }),
    claim('a', 1n, { priceFrom: 10, region: 'us' }),
    claim('b', 1n, { priceFrom: null }),
  ];
  const stated = [0, 1, 2, 3, 7, 4, 5, 6, 8, 9].map((i) => ordered[i]!);
  for (const arrival of [ordered, [...ordered].reverse()]) {
    const shares = shareCredits(3n, arrival);
    expect(shares.map((share) => share.claim)).toEqual(stated);
    expect(shares.map((share) => Number(share.bytes))).toEqual([1, 1, 1, 0, 0, 0, 0, 0, 0, 0]);
  }
});

test('numbers of a price are compared as such', () => {
  const shares = shareCredits(0n, [claim('a', 1n, { unitPrice: '10' }), claim('a', 1n, { unitPrice: '9' })]);
  expect(shares.map((share) => share.claim.unitPrice)).toEqual(['9', '10']);
});

test('what yields no credit still takes its share', () => {
  const shares = shareCredits(10n, [
    claim('a', 10n),
    claim('b', 5n, { unitPrice: null, priceFrom: null }),
    claim(null, 5n),
  ]);
  expect(shares.map((share) => [share.claim.customer, share.bytes, share.outcome])).toEqual([
    [null, 3n, 'no_customer'],
    ['a', 5n, 'credit'],
    ['b', 2n, 'unpriced'],
  ]);
  expect(shareCredits(5n, [claim(null, 5n, { unitPrice: null })])[0]!.outcome).toBe('no_customer');
});

test('negative bytes are refused', () => {
  expect(() => shareCredits(-1n, [])).toThrow(RangeError);
  expect(() => shareCredits(5n, [claim('a', 7n), claim('b', -1n)])).toThrow(RangeError);
});

test('shares add up to min(R, Z), never exceed a claim, and depend on no order', () => {
  const spec = fc.record({
    customer: fc.option(fc.string({ unit: 'binary', maxLength: 3 })),
    bytes: fc.bigInt(0n, 2n ** 66n),
    priceFrom: fc.option(fc.nat(3)),
    region: fc.option(fc.constantFrom('eu', 'us')),
  });
  fc.assert(
    fc.property(fc.array(spec, { maxLength: 25 }), fc.bigInt(0n, 2n ** 68n), (specs, zeroRated) => {
      const claims = specs.map(({ customer, bytes, priceFrom, region }) =>
        claim(customer, bytes, { priceFrom, region }),
      );
      const shares = shareCredits(zeroRated, claims);
      const reported = specs.reduce((sum, { bytes }) => sum + bytes, 0n);
      const target = reported < zeroRated ? reported : zeroRated;
      expect(shares.reduce((sum, share) => sum + share.bytes, 0n)).toBe(target);
      for (const share of shares) {
        expect(share.bytes <= share.claim.bytes).toBe(true);
        const off = share.bytes * reported - target * share.claim.bytes;
        expect(off < reported && -off < reported).toBe(reported > 0n);
      }
      const key = (text: string | null) =>
        text === null ? Buffer.alloc(0) : Buffer.from(`!${text}`, 'utf8');
      const keys = shares.map((share) => key(share.claim.customer));
      for (let i = 1; i < keys.length; i += 1) expect(Buffer.compare(keys[i - 1]!, keys[i]!)).not.toBe(1);
      // Claims of the same key may swap places, so what is compared is who gets what in total.
      const totals = (all: typeof shares) => all.map((share) => [share.claim.customer, share.bytes]);
      const distinct = new Set(specs.map((s) => JSON.stringify([s.customer, s.priceFrom, s.region])));
      if (distinct.size === specs.length) {
        expect(totals(shareCredits(zeroRated, [...claims].reverse()))).toEqual(totals(shares));
      }
    }),
  );
});

test('later data, shared by what is left: nobody who was credited loses', () => {
  const first = shareCredits(30n, [claim('a', 30n), claim('b', 30n)]);
  expect(first.map((share) => share.bytes)).toEqual([15n, 15n]);
  // c reports 30 bytes late and Z rises to 60: 30 are left, over 15, 15 and 30 not yet credited.
  expect(shown(60n - 30n, [claim('a', 15n), claim('b', 15n), claim('c', 30n)])).toEqual([
    ['a', 8n],
    ['b', 7n],
    ['c', 15n],
  ]);
});
