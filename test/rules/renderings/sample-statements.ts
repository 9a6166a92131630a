import type { CreditSummary } from '../../../src/renderings/rules/copy.js';
import type { CreditView } from '../../../src/settlement/index.js';
import { sampleModel, type Line } from './sample-models.js';

/** What alpha credits with either. */
export const CREDITS: CreditSummary = {
  count: 2,
  bytes: '10000000000000',
  unpricedBytes: '0',
  amount: '2199.99',
  currency: 'USD',
  bySide: [
    { direction: 'aToB', side: 'egress', amount: '2200.00', currency: 'USD' },
    { direction: 'bToA', side: 'ingress', amount: '-0.01', currency: 'USD' },
  ],
  sinceAgreementBegan: [{ amount: '13200.00', currency: 'USD' }],
};

const back = { payer: 'beta', payee: 'alpha', direction: 'bToA' } as const;

/** Every kind of line, both ways, with an adjustment that gives back and one that charges more. */
const LINES: Partial<Line>[] = [
  { tier: 1, unit: 'GiB', bytes: '107374182400', quantity: '100', unitPrice: '0.0213', amount: '2.13' },
  { ...back, bytes: '333000000001', quantity: '333.000000001', unitPrice: '0.0333', amount: '11.09' },
  {
    ...back,
    kind: 'flat_fee',
    tier: 2,
    bytes: null,
    quantity: '1',
    unit: 'flat',
    unitPrice: '10.00',
    amount: '10.00',
  },
  {
    kind: 'ratio_excess',
    bytes: '834000000003',
    quantity: '834.000000003',
    unitPrice: '0.001',
    amount: '0.83',
  },
  {
    kind: 'percentile_commit',
    direction: null,
    bytes: null,
    quantity: '10000',
    unit: 'Mbps',
    unitPrice: '0.30',
    amount: '3000.00',
  },
  {
    kind: 'percentile_overage',
    direction: null,
    bytes: null,
    quantity: '2400',
    unit: 'Mbps',
    unitPrice: '0.35',
    amount: '840.00',
  },
  {
    ...back,
    kind: 'true_up',
    direction: null,
    bytes: null,
    quantity: '28.91',
    unit: 'USD',
    unitPrice: '1',
    amount: '28.91',
  },
  {
    kind: 'adjustment',
    originalKind: 'usage',
    originalPeriod: '2026-07',
    cause: 'late',
    reference: 'alpha-beta-0001',
    version: 1,
    bytes: '-40000000000000',
    quantity: '-40',
    unit: 'TB',
    unitPrice: '20',
    amount: '-800.00',
  },
  {
    ...back,
    kind: 'adjustment',
    originalKind: null,
    originalPeriod: '2026-08',
    cause: 'dispute',
    reference: '01900000-0000-7000-8000-0000000000dd',
    bytes: null,
    quantity: '1',
    unit: 'USD',
    unitPrice: '12.34',
    amount: '12.34',
  },
];

/** Two statements whose renderings are kept as golden files. */
export const MODELS = {
  plain: sampleModel(),
  rich: sampleModel({
    lines: LINES,
    names: ['=Alpha & Söhne <GmbH>', 'شركة السحابة'],
    statement: {
      payableByA: '3042.96',
      payableByB: '62.34',
      net: { amount: '2980.62', payer: 'alpha', payee: 'beta' },
      closingBalance: '2980.62',
    },
  }),
};

/** Credits of alpha, among them one that takes back, one without a price, and a name that looks like a formula. */
export const ROWS: CreditView[] = [
  credit({ customer: 'shop-17', bytes: '10000000000000', amount: '2200.00' }),
  credit({
    id: '01900000-0000-7000-8000-0000000000c2',
    customer: '=HYPERLINK("http://x","y")',
    direction: 'bToA',
    side: 'ingress',
    region: '+eu',
    bytes: '-500000000',
    amount: '-0.01',
    period: '2026-09',
    refersTo: '01900000-0000-7000-8000-0000000000b1',
  }),
  credit({
    id: '01900000-0000-7000-8000-0000000000c3',
    customer: 'ענן & <Söhne>',
    unitPrice: null,
    priceFrom: null,
    amount: null,
    state: 'unpriced',
  }),
];

function credit(changes: Partial<CreditView>): CreditView {
  return {
    id: '01900000-0000-7000-8000-0000000000c1',
    provider: 'alpha',
    customer: 'shop-17',
    direction: 'aToB',
    side: 'egress',
    bytes: '1',
    unit: 'GB',
    unitPrice: '0.22',
    priceFrom: '2026-01-01T00:00:00Z',
    region: null,
    amount: '0.00',
    currency: 'USD',
    state: 'credited',
    period: '2026-10',
    refersTo: null,
    ...changes,
  };
}
