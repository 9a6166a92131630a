import fc from 'fast-check';
import { completeTerms, type ProposedTerms } from '../../../src/agreements/rules/complete-terms.js';
import type { Terms } from '../../../src/agreements/rules/terms.js';

/** What the API contract shows ("Terms") for everything but `directions`, as text, so that types matter. */
const DEFAULTS = `{
  "reconciliation": {"bucket": "hour", "scope": [], "scopeValues": {}, "absoluteBytes": "0", "ppm": 1000,
                     "monthAbsoluteBytes": "0", "monthPpm": 1000,
                     "settledBytesRule": "lower", "mismatchRule": "lower", "oneSided": "use_reported"},
  "days": {"cutOff": 5, "acceptance": 15, "payment": 30, "disputeWindow": 60},
  "backBillingMonths": 6, "minimumDisputeAmount": "0.00", "netting": true,
  "directions": {
    "aToB": {"zeroRating": {"kind": "none"}, "pricing": {"model": "none"}},
    "bToA": {"zeroRating": {"kind": "none"}, "pricing": {"model": "none"}}},
  "commitments": []}`;

function defaults(): Terms {
  return JSON.parse(DEFAULTS) as Terms;
}

test('what is left out has the default shown, or is absent', () => {
  expect(completeTerms({ directions: {} }, 'USD')).toStrictEqual(defaults());
  expect(completeTerms({ directions: { aToB: {}, bToA: {} } }, 'USD')).toStrictEqual(defaults());
  expect(Object.keys(completeTerms({ directions: {} }, 'USD'))).not.toContain('ratioExcess');
});

test.each([
  ['JPY', '0'],
  ['USD', '0.00'],
  ['BHD', '0.000'],
])('no dispute is too small in %s: %s', (currency, zero) => {
  expect(completeTerms({ directions: {} }, currency).minimumDisputeAmount).toBe(zero);
});

test.each<[keyof NonNullable<ProposedTerms['reconciliation']>, unknown]>([
  ['bucket', '5min'],
  ['scope', ['service']],
  ['scopeValues', { service: ['cdn'] }],
  ['absoluteBytes', '7'],
  ['ppm', 0],
  ['monthAbsoluteBytes', '9'],
  ['monthPpm', 0],
  ['settledBytesRule', 'average'],
  ['mismatchRule', 'higher'],
  ['oneSided', 'hold'],
])('reconciliation.%s may be given alone', (member, value) => {
  const expected = defaults();
  const completed = completeTerms({ reconciliation: { [member]: value }, directions: {} }, 'USD');
  expect(completed).toStrictEqual({
    ...expected,
    reconciliation: { ...expected.reconciliation, [member]: value },
  });
});

test.each(['cutOff', 'acceptance', 'payment', 'disputeWindow'] as const)('days.%s may be 0', (member) => {
  const expected = defaults();
  expected.days[member] = 0;
  expect(completeTerms({ days: { [member]: 0 }, directions: {} }, 'USD')).toStrictEqual(expected);
});

test.each([
  ['backBillingMonths', 0],
  ['minimumDisputeAmount', '5.00'],
  ['netting', false],
  ['ratioExcess', { ratio: '2', unitPrice: '0.01', unit: 'GB' }],
  ['percentile', { basis: 'aToB', commitMbps: '1', commitPrice: '0.3', overagePrice: '0.4', payer: 'B' }],
  ['commitments', [{ party: 'A', amount: '24000.00' }]],
])('%s may be given alone', (member, value) => {
  expect(completeTerms({ [member]: value, directions: {} }, 'USD')).toStrictEqual({
    ...defaults(),
    [member]: value,
  });
});

describe('a direction', () => {
  type Direction = NonNullable<ProposedTerms['directions']['aToB']>;
  const NO_LIMITS = { sourceRegions: [], destinationRegions: [], services: [] };
  test.each<[string, Direction, Partial<Terms['directions']['aToB']>]>([
    ['all without limits', { zeroRating: { kind: 'all' } }, { zeroRating: { kind: 'all', ...NO_LIMITS } }],
    [
      'one limit',
      { zeroRating: { kind: 'all', services: ['cdn'] } },
      { zeroRating: { kind: 'all', ...NO_LIMITS, services: ['cdn'] } },
    ],
    [
      'an allowance',
      { zeroRating: { kind: 'allowance', quantity: '500000', unit: 'GB' } },
      { zeroRating: { kind: 'allowance', quantity: '500000', unit: 'GB', ...NO_LIMITS } },
    ],
    [
      'the sender pays',
      { pricing: { model: 'linear', unit: 'GB', unitPrice: '0.02' } },
      { pricing: { model: 'linear', unit: 'GB', unitPrice: '0.02', payer: 'sender' } },
    ],
    [
      'unless it says otherwise',
      { pricing: { model: 'linear', unit: 'GB', unitPrice: '0.02', payer: 'receiver' } },
      { pricing: { model: 'linear', unit: 'GB', unitPrice: '0.02', payer: 'receiver' } },
    ],
    [
      'tiers',
      { pricing: { model: 'volume', unit: 'TiB', tiers: [{ upTo: null, unitPrice: '1' }] } },
      { pricing: { model: 'volume', unit: 'TiB', payer: 'sender', tiers: [{ upTo: null, unitPrice: '1' }] } },
    ],
  ])('%s', (_name, proposed, expected) => {
    const none = defaults().directions.aToB;
    const completed = completeTerms({ directions: { bToA: proposed } }, 'USD').directions;
    expect(completed).toStrictEqual({ aToB: none, bToA: { ...none, ...expected } });
  });
});

test('what is complete stays as it is, so that a version read back has the same hash', () => {
  const direction = fc.record(
    {
      zeroRating: fc.oneof(
        fc.constant({ kind: 'none' as const }),
        fc.record({ kind: fc.constant('all' as const), services: fc.constantFrom([], ['cdn']) }),
      ),
      pricing: fc.oneof(
        fc.constant({ model: 'none' as const }),
        fc.record(
          {
            model: fc.constant('linear' as const),
            unit: fc.constant('GB'),
            unitPrice: fc.constant('1'),
            payer: fc.constantFrom('sender', 'receiver'),
          },
          { requiredKeys: ['model', 'unit', 'unitPrice'] },
        ),
      ),
    },
    { requiredKeys: [] },
  );
  const proposal = fc.record(
    {
      directions: fc.record({ aToB: direction, bToA: direction }, { requiredKeys: [] }),
      days: fc.record({ cutOff: fc.nat(9), payment: fc.nat(9) }, { requiredKeys: [] }),
      netting: fc.boolean(),
      backBillingMonths: fc.nat(9),
    },
    { requiredKeys: ['directions'] },
  );
  fc.assert(
    fc.property(proposal, (proposed) => {
      const once = completeTerms(proposed as ProposedTerms, 'USD');
      expect(completeTerms(once as ProposedTerms, 'USD')).toStrictEqual(once);
    }),
  );
});
