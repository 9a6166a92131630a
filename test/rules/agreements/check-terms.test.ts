import fc from 'fast-check';
import { checkTerms } from '../../../src/agreements/rules/check-terms.js';
import { completeTerms, type ProposedTerms } from '../../../src/agreements/rules/complete-terms.js';
import type { Terms, Tier } from '../../../src/agreements/rules/terms.js';

/** Pointers of all mistakes, in the order given. */
function mistakes(proposed: Partial<ProposedTerms>, currency = 'USD'): string[] {
  const terms = completeTerms({ directions: {}, ...proposed }, currency);
  return checkTerms(terms, currency).map(({ pointer }) => pointer);
}

function tiered(
  bounds: (string | null)[],
  model: 'graduated' | 'volume' = 'graduated',
): Partial<ProposedTerms> {
  const tiers: Tier[] = bounds.map((upTo) => ({ upTo, unitPrice: '0.01' }));
  return { directions: { aToB: { pricing: { model, unit: 'GB', tiers } } } };
}

const TIERS = '/terms/directions/aToB/pricing/tiers';
const PERCENTILE = {
  basis: 'max_of_directions',
  commitMbps: '10000',
  commitPrice: '0.30',
  overagePrice: '0.35',
  payer: 'A',
} as const;

/** The example of the API contract, with the bucket that its percentile needs. */
const EXAMPLE: ProposedTerms = {
  reconciliation: { bucket: '5min' },
  minimumDisputeAmount: '0.00',
  directions: {
    aToB: {
      zeroRating: { kind: 'allowance', quantity: '500000', unit: 'GB' },
      pricing: {
        model: 'graduated',
        unit: 'GB',
        payer: 'sender',
        tiers: [
          { upTo: '100000', unitPrice: '0.02' },
          { upTo: null, unitPrice: '0.015', flatFee: '10.00' },
        ],
      },
    },
    bToA: { zeroRating: { kind: 'all' }, pricing: { model: 'none' } },
  },
  ratioExcess: { ratio: '2', unitPrice: '0.01', unit: 'GB' },
  percentile: PERCENTILE,
  commitments: [
    { party: 'A', amount: '24000.00' },
    { party: 'B', amount: '0' },
  ],
};

describe('terms that make sense', () => {
  test.each<[string, Partial<ProposedTerms>]>([
    ['the least', {}],
    ['the example of the API contract', EXAMPLE],
    ['one open tier', tiered([null])],
    ['bounds that grow as figures, not as texts', tiered(['9', '10', '10.5', '100', null], 'volume')],
    ['a first tier that ends close to nothing', tiered(['0.000000000001', null])],
    ['unit prices of 12 decimals, whatever the currency', linear('0.000000000001')],
    ['a percentile of 5-minute buckets', { percentile: PERCENTILE, reconciliation: { bucket: '5min' } }],
    ['a ratio below one', { ratioExcess: { ratio: '0.000000000001', unitPrice: '1', unit: 'GB' } }],
    ['one commitment', { commitments: [{ party: 'B', amount: '1' }] }],
    [
      'limits inside the scope',
      {
        reconciliation: {
          scope: ['sourceRegion', 'service'],
          scopeValues: { sourceRegion: ['eu', 'us'], service: ['cdn'] },
        },
        directions: { aToB: { zeroRating: { kind: 'all', sourceRegions: ['us'], services: ['cdn'] } } },
      },
    ],
  ])('%s', (_name, proposed) => {
    expect(mistakes(proposed)).toEqual([]);
  });
});

function linear(unitPrice: string): Partial<ProposedTerms> {
  return { directions: { bToA: { pricing: { model: 'linear', unit: 'TiB', unitPrice } } } };
}

describe('tiers', () => {
  test.each<[string, (string | null)[], string[]]>([
    ['no open last tier', ['100'], ['/0/upTo']],
    ['no open last of several', ['100', '200'], ['/1/upTo']],
    ['an open tier before the last', [null, null], ['/0/upTo']],
    ['an open first and a bounded last', [null, '100'], ['/0/upTo', '/1/upTo']],
    ['a bound of 0', ['0', null], ['/0/upTo']],
    ['the same bound twice', ['100', '100', null], ['/1/upTo']],
    ['the same bound in other digits', ['100', '100.00', null], ['/1/upTo']],
    ['bounds that fall', ['100', '99.999999999999', null], ['/1/upTo']],
    ['bounds that fall as figures although not as texts', ['10', '9', null], ['/1/upTo']],
    ['two falls', ['30', '20', '10', null], ['/1/upTo', '/2/upTo']],
    ['a fall between rises', ['10', '5', '20', null], ['/1/upTo']],
  ])('%s', (_name, bounds, at) => {
    const expected = at.map((pointer) => TIERS + pointer);
    expect(mistakes(tiered(bounds))).toEqual(expected);
    expect(mistakes(tiered(bounds, 'volume'))).toEqual(expected);
  });

  test('are checked in both directions, each under its own pointer', () => {
    const pricing = { model: 'volume' as const, unit: 'GB', tiers: [{ upTo: '1', unitPrice: '1' }] };
    expect(mistakes({ directions: { aToB: { pricing }, bToA: { pricing } } })).toEqual([
      '/terms/directions/aToB/pricing/tiers/0/upTo',
      '/terms/directions/bToA/pricing/tiers/0/upTo',
    ]);
  });

  test('are right exactly when every bound is above the one before', () => {
    const cents = (n: number): string => `${Math.floor(n / 100)}.${String(n % 100).padStart(2, '0')}`;
    fc.assert(
      fc.property(fc.array(fc.nat(3_000), { minLength: 1, maxLength: 8 }), (bounds) => {
        const wrong = bounds.flatMap((bound, i) =>
          bound <= (bounds[i - 1] ?? 0) ? [`${TIERS}/${i}/upTo`] : [],
        );
        expect(mistakes(tiered([...bounds.map(cents), null]))).toEqual(wrong);
      }),
    );
  });
});

test.each([
  [
    'linear',
    'tiers',
    { model: 'linear', unit: 'GB', unitPrice: '1', tiers: [{ upTo: null, unitPrice: '1' }] },
  ],
  [
    'graduated',
    'unitPrice',
    { model: 'graduated', unit: 'GB', unitPrice: '1', tiers: [{ upTo: null, unitPrice: '1' }] },
  ],
  [
    'volume',
    'unitPrice',
    { model: 'volume', unit: 'GB', unitPrice: '1', tiers: [{ upTo: null, unitPrice: '1' }] },
  ],
] as const)('a %s price has no %s', (_model, member, pricing) => {
  const proposed = { directions: { bToA: { pricing } } } as unknown as ProposedTerms;
  expect(mistakes(proposed)).toEqual([`/terms/directions/bToA/pricing/${member}`]);
});

describe('the scope', () => {
  const AT = '/terms/reconciliation/scopeValues';
  test.each<[string, ProposedTerms['reconciliation'], string[]]>([
    ['values that are missing', { scope: ['service'] }, [`${AT}/service`]],
    ['an empty list of values', { scope: ['service'], scopeValues: { service: [] } }, [`${AT}/service`]],
    ['values that are unused', { scopeValues: { sourceRegion: ['eu'] } }, [`${AT}/sourceRegion`]],
    ['an empty list that is unused', { scopeValues: { sourceRegion: [] } }, [`${AT}/sourceRegion`]],
    [
      'values of another field',
      { scope: ['sourceRegion'], scopeValues: { destinationRegion: ['eu'] } },
      [`${AT}/sourceRegion`, `${AT}/destinationRegion`],
    ],
    [
      'one field of two',
      { scope: ['sourceRegion', 'service'], scopeValues: { sourceRegion: ['eu'] } },
      [`${AT}/service`],
    ],
  ])('%s', (_name, reconciliation, expected) => {
    expect(mistakes({ reconciliation: reconciliation! })).toEqual(expected);
  });
});

describe('limits of a zero-rating', () => {
  const AT = '/terms/directions/bToA/zeroRating';
  const reconciliation: ProposedTerms['reconciliation'] = {
    scope: ['sourceRegion', 'service'],
    scopeValues: { sourceRegion: ['eu', 'us'], service: ['cdn'] },
  };
  type Limits = Parameters<typeof limited>[0];
  const limited = (zeroRating: NonNullable<ProposedTerms['directions']['bToA']>['zeroRating']) =>
    mistakes({ reconciliation: reconciliation, directions: { bToA: { zeroRating: zeroRating! } } });

  test.each<[string, Limits, string[]]>([
    ['outside the scope', { kind: 'all', destinationRegions: ['eu'] }, ['/destinationRegions']],
    ['a value that is not listed', { kind: 'all', sourceRegions: ['us', 'asia'] }, ['/sourceRegions/1']],
    [
      'every value that is not listed',
      { kind: 'all', sourceRegions: ['x', 'eu', 'EU'], services: ['vpn'] },
      ['/sourceRegions/0', '/sourceRegions/2', '/services/0'],
    ],
    [
      'those of an allowance too',
      { kind: 'allowance', quantity: '1', unit: 'GB', destinationRegions: ['eu'], services: ['vpn'] },
      ['/destinationRegions', '/services/0'],
    ],
    ['an amount on all', { kind: 'all', quantity: '1', unit: 'GB' }, ['/quantity', '/unit']],
  ])('%s', (_name, zeroRating, expected) => {
    expect(limited(zeroRating)).toEqual(expected.map((pointer) => AT + pointer));
  });

  test('one list outside an empty scope for each field', () => {
    const zeroRating = {
      kind: 'all' as const,
      sourceRegions: ['a'],
      destinationRegions: ['b'],
      services: ['c'],
    };
    expect(mistakes({ directions: { bToA: { zeroRating } } })).toEqual(
      ['/sourceRegions', '/destinationRegions', '/services'].map((pointer) => AT + pointer),
    );
  });
});

test.each(['15min', 'hour', 'day', 'month'] as const)('a percentile of %s buckets', (bucket) => {
  expect(mistakes({ percentile: PERCENTILE, reconciliation: { bucket } })).toEqual([
    '/terms/reconciliation/bucket',
  ]);
});

test.each(['0', '0.0', '0.000000000000'])('a ratio of %s', (ratio) => {
  expect(mistakes({ ratioExcess: { ratio, unitPrice: '0.01', unit: 'GB' } })).toEqual([
    '/terms/ratioExcess/ratio',
  ]);
});

test.each<[string, ('A' | 'B')[], string[]]>([
  ['A twice', ['A', 'A'], ['/terms/commitments/1/party']],
  ['B twice', ['B', 'B'], ['/terms/commitments/1/party']],
  ['A twice with B between', ['A', 'B', 'A'], ['/terms/commitments/2/party']],
  ['one each', ['B', 'A'], []],
])('commitments of %s', (_name, parties, expected) => {
  const commitments = parties.map((party) => ({ party, amount: '1.00' }));
  expect(mistakes({ commitments })).toEqual(expected);
});

describe('money has at most the decimals of the currency', () => {
  const flatFee = (amount: string): Partial<ProposedTerms> => ({
    directions: {
      aToB: {
        pricing: { model: 'graduated', unit: 'GB', tiers: [{ upTo: null, unitPrice: '0', flatFee: amount }] },
      },
    },
  });
  const places: [string, string, (amount: string) => Partial<ProposedTerms>][] = [
    ['a flat fee', `${TIERS}/0/flatFee`, flatFee],
    ['a commitment', '/terms/commitments/0/amount', (amount) => ({ commitments: [{ party: 'A', amount }] })],
    [
      'the least disputed amount',
      '/terms/minimumDisputeAmount',
      (minimumDisputeAmount) => ({ minimumDisputeAmount }),
    ],
  ];
  const amounts: [currency: string, amount: string, right: boolean][] = [
    ['JPY', '10', true],
    ['JPY', '10.0', false],
    ['JPY', '0.5', false],
    ['USD', '10', true],
    ['USD', '10.5', true],
    ['USD', '10.55', true],
    ['USD', '10.555', false],
    ['USD', '10.550', false],
    ['BHD', '10.555', true],
    ['BHD', '10.5555', false],
  ];
  for (const [name, pointer, place] of places) {
    test.each(amounts)(`${name} in %s: %s is right: %s`, (currency, amount, right) => {
      expect(mistakes(place(amount), currency)).toEqual(right ? [] : [pointer]);
    });
  }
});

test('every mistake is told at once, with what would be right', () => {
  const terms: Terms = completeTerms(
    {
      ...EXAMPLE,
      reconciliation: { bucket: 'hour', scope: ['service'] },
      minimumDisputeAmount: '0.001',
      ratioExcess: { ratio: '0', unitPrice: '0.01', unit: 'GB' },
      commitments: [
        { party: 'A', amount: '1' },
        { party: 'A', amount: '0.001' },
      ],
    },
    'USD',
  );
  const told = checkTerms(terms, 'USD');
  expect(told.map(({ pointer }) => pointer)).toEqual([
    '/terms/reconciliation/scopeValues/service',
    '/terms/ratioExcess/ratio',
    '/terms/reconciliation/bucket',
    '/terms/commitments/1/party',
    '/terms/commitments/1/amount',
    '/terms/minimumDisputeAmount',
  ]);
  for (const { detail } of told) expect(detail).toMatch(/^(list|remove|use|set|give|add|leave|a party)/);
});
