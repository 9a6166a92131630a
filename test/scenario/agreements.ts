import type { ListPrice } from './oracle/credit.js';
import type { Terms } from './oracle/terms.js';
import type { TrafficPlan } from './traffic.js';

/** Winter time begins in the first of them and ends in the last, in Zurich. */
export const PERIODS = ['2025-10', '2025-11', '2025-12', '2026-01', '2026-02', '2026-03'] as const;

const REGIONS = ['east', 'west'];
const MATCHING = { absoluteBytes: '0', ppm: 1000, settledBytesRule: 'lower', mismatchRule: 'lower' };
const NOTHING = { zeroRating: { kind: 'none' }, pricing: { model: 'none' } };
const SPLIT: Pick<Terms['reconciliation'], 'scope' | 'scopeValues'> = {
  scope: ['sourceRegion'],
  scopeValues: { sourceRegion: REGIONS },
};
/** These months are long ago on any clock; their late data is taken all the same. */
const BACK_BILLING = 120;

/** The terms of north and south, amended twice. */
export const NORTH_SOUTH: [from: string, terms: Terms][] = [
  [
    '2025-10',
    {
      reconciliation: { bucket: 'hour', ...SPLIT, ...MATCHING, oneSided: 'use_reported' },
      backBillingMonths: BACK_BILLING,
      minimumDisputeAmount: '1.00',
      directions: {
        aToB: {
          zeroRating: { kind: 'allowance', quantity: '40000.5', unit: 'GB', sourceRegions: ['east'] },
          pricing: {
            model: 'graduated',
            unit: 'GB',
            payer: 'sender',
            tiers: [
              { upTo: '90000', unitPrice: '0.02' },
              { upTo: '150000', unitPrice: '0.0175', flatFee: '12.50' },
              { upTo: null, unitPrice: '0.015', flatFee: '10.00' },
            ],
          },
        },
        bToA: {
          zeroRating: { kind: 'none' },
          pricing: { model: 'linear', unit: 'GiB', payer: 'sender', unitPrice: '0.011' },
        },
      },
      ratioExcess: { ratio: '1.5', unitPrice: '0.003', unit: 'GB' },
    },
  ],
  [
    '2025-12',
    {
      reconciliation: {
        bucket: 'hour',
        ...SPLIT,
        absoluteBytes: '5000000',
        ppm: 800,
        settledBytesRule: 'average',
        mismatchRule: 'higher',
        oneSided: 'hold',
      },
      backBillingMonths: BACK_BILLING,
      directions: {
        aToB: {
          zeroRating: { kind: 'allowance', quantity: '20', unit: 'TB' },
          pricing: {
            model: 'volume',
            unit: 'GB',
            payer: 'sender',
            tiers: [
              { upTo: '150000', unitPrice: '0.02', flatFee: '5.00' },
              { upTo: null, unitPrice: '0.014' },
            ],
          },
        },
        bToA: { zeroRating: { kind: 'all' }, pricing: { model: 'none' } },
      },
      commitments: [
        { party: 'A', amount: '3400.00' },
        { party: 'B', amount: '125.00' },
      ],
    },
  ],
  [
    '2026-02',
    {
      reconciliation: {
        bucket: 'day',
        ...SPLIT,
        ...MATCHING,
        mismatchRule: 'receiver',
        oneSided: 'use_reported',
      },
      backBillingMonths: BACK_BILLING,
      directions: {
        aToB: {
          zeroRating: { kind: 'all', sourceRegions: ['west'] },
          pricing: { model: 'linear', unit: 'TiB', payer: 'receiver', unitPrice: '19.99' },
        },
        bToA: {
          zeroRating: { kind: 'none' },
          pricing: { model: 'linear', unit: 'GB', payer: 'sender', unitPrice: '0.0105' },
        },
      },
    },
  ],
];

/** The terms of south and west, who do not net; the first month takes nothing late. */
export const SOUTH_WEST: [from: string, terms: Terms][] = [
  [
    '2025-10',
    {
      reconciliation: { bucket: '5min', scope: [], scopeValues: {}, ...MATCHING, oneSided: 'hold' },
      backBillingMonths: 0,
      netting: false,
      directions: { aToB: NOTHING, bToA: NOTHING },
      percentile: {
        basis: 'max_of_directions',
        commitMbps: '900',
        commitPrice: '0.30',
        overagePrice: '0.35',
        payer: 'B',
      },
    },
  ],
  [
    '2025-11',
    {
      reconciliation: { bucket: 'hour', scope: [], scopeValues: {}, ...MATCHING, oneSided: 'use_reported' },
      backBillingMonths: BACK_BILLING,
      netting: false,
      directions: {
        aToB: {
          zeroRating: { kind: 'none' },
          pricing: { model: 'linear', unit: 'TiB', payer: 'sender', unitPrice: '17.25' },
        },
        bToA: { zeroRating: { kind: 'all' }, pricing: { model: 'none' } },
      },
      commitments: [{ party: 'B', amount: '250.00' }],
    },
  ],
  [
    '2026-01',
    {
      reconciliation: {
        bucket: '5min',
        scope: [],
        scopeValues: {},
        ...MATCHING,
        mismatchRule: 'sender',
        oneSided: 'use_reported',
      },
      backBillingMonths: BACK_BILLING,
      netting: false,
      directions: {
        aToB: NOTHING,
        bToA: {
          zeroRating: { kind: 'allowance', quantity: '1.5', unit: 'TiB' },
          pricing: {
            model: 'graduated',
            unit: 'GiB',
            payer: 'receiver',
            tiers: [
              { upTo: '2000', unitPrice: '0.021' },
              { upTo: null, unitPrice: '0.0193' },
            ],
          },
        },
      },
      percentile: {
        basis: 'aToB',
        commitMbps: '500',
        commitPrice: '0.41',
        overagePrice: '0.52',
        payer: 'A',
      },
    },
  ],
];

/**
 * The terms of west and isle, in yen: quarters of an hour at first, then the month as one bucket, of which the
 * parties compare nothing but the sums.
 */
export const WEST_ISLE: [from: string, terms: Terms][] = [
  [
    '2025-10',
    {
      reconciliation: {
        bucket: '15min',
        ...SPLIT,
        ...MATCHING,
        settledBytesRule: 'average',
        oneSided: 'hold',
      },
      backBillingMonths: BACK_BILLING,
      minimumDisputeAmount: '1',
      directions: {
        aToB: {
          zeroRating: { kind: 'allowance', quantity: '700.25', unit: 'GB' },
          pricing: { model: 'linear', unit: 'GB', payer: 'sender', unitPrice: '2.35' },
        },
        bToA: { zeroRating: { kind: 'all' }, pricing: { model: 'none' } },
      },
      ratioExcess: { ratio: '1.25', unitPrice: '0.5', unit: 'GiB' },
      commitments: [{ party: 'B', amount: '1250' }],
    },
  ],
  [
    '2026-01',
    {
      reconciliation: {
        bucket: 'month',
        scope: [],
        scopeValues: {},
        absoluteBytes: '1000',
        ppm: 20_000,
        settledBytesRule: 'sender',
        mismatchRule: 'average',
        oneSided: 'use_reported',
      },
      backBillingMonths: BACK_BILLING,
      directions: {
        aToB: {
          zeroRating: { kind: 'allowance', quantity: '0.5', unit: 'TiB' },
          pricing: {
            model: 'graduated',
            unit: 'GB',
            payer: 'receiver',
            tiers: [
              { upTo: '1000', unitPrice: '3.1', flatFee: '75' },
              { upTo: null, unitPrice: '2.9' },
            ],
          },
        },
        bToA: {
          zeroRating: { kind: 'none' },
          pricing: { model: 'linear', unit: 'GB', payer: 'sender', unitPrice: '1.005' },
        },
      },
    },
  ],
];

/** Traffic of west and isle in a month. */
export function westIslePlan(period: string): TrafficPlan {
  return period < '2026-01'
    ? { slot: '5min', regions: REGIONS, sparse: { aToB: 25, bToA: 40 }, limit: 30_000_000 }
    : { slot: 'hour', regions: REGIONS, sparse: { aToB: 5, bToA: 9 }, limit: 90_000_000 };
}

/** Traffic of north and south: the first sends more. */
export const NORTH_SOUTH_PLAN: TrafficPlan = {
  slot: 'hour',
  regions: REGIONS,
  sparse: { aToB: 4, bToA: 8 },
  limit: 2_000_000_000,
};

/** Traffic of south and west in a month. */
export function southWestPlan(period: string): TrafficPlan {
  const isFine = SOUTH_WEST.findLast(([from]) => from <= period)![1].reconciliation.bucket === '5min';
  return isFine
    ? { slot: '5min', regions: REGIONS, sparse: { aToB: 10, bToA: 12 }, limit: 80_000_000 }
    : { slot: 'hour', regions: REGIONS, sparse: { aToB: 6, bToA: 9 }, limit: 900_000_000 };
}

const at = (date: string): number => Date.parse(`${date}T00:00:00Z`);

/** List prices of any cloud, with changes in mid-month. */
export function prices(egress: string, ingress: string): ListPrice[] {
  return [
    { side: 'egress', unit: 'GB', unitPrice: egress, from: at('2025-01-01') },
    { side: 'ingress', unit: 'GB', unitPrice: ingress, from: at('2025-01-01') },
    { side: 'egress', unit: 'GiB', unitPrice: '0.0295', from: at('2025-12-11') },
    { side: 'ingress', unit: 'GB', unitPrice: '0.0121', from: at('2026-02-16') },
  ];
}
