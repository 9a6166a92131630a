import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FORMATS, type Kind } from '../../../src/renderings/formats/formats.js';
import type { Copy, CreditSummary } from '../../../src/renderings/rules/copy.js';
import { sampleModel, type Line } from './sample-models.js';

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), 'golden');
/** To write the files anew after a change that is meant: look at the difference before it is committed. */
const REWRITES = process.env.REWRITE_GOLDEN === 'yes';

const CREDITS: CreditSummary = {
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

const MODELS = {
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

const TEXTS: Kind[] = ['json', 'csv', 'focus', 'ubl', 'journal', 'journalCsv'];

describe.each(Object.entries(MODELS))('the %s statement', (name, model) => {
  test.each(TEXTS)('is in %s what it was', async (kind) => {
    const copy: Copy = { model, viewer: { side: 'A', credits: CREDITS } };
    const content = (await FORMATS[kind].render(copy, () => none())) as Uint8Array;
    const path = join(FOLDER, `${name}.${FORMATS[kind].extension}`);
    if (REWRITES) {
      mkdirSync(FOLDER, { recursive: true });
      writeFileSync(path, content);
    }
    expect({ path, isThere: existsSync(path) }).toEqual({ path, isThere: true });
    expect(Buffer.from(content).toString('utf8')).toBe(readFileSync(path, 'utf8'));
  });
});

async function* none(): AsyncGenerator<never> {
  // No credits are listed in these.
}
