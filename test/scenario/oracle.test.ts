import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Books } from './oracle/books.js';
import { bucketsOf, monthOf } from './oracle/calendar.js';
import { cents, fraction, money } from './oracle/fraction.js';
import { bytesBetween, type Report } from './oracle/reports.js';
import type { Flow, Terms } from './oracle/terms.js';

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), 'oracle');
const GB = 1_000_000_000n;
const HOUR_MS = 3_600_000;
const START = Date.UTC(2026, 9, 1);

test('the oracle shares no code with what it checks, nor with anything but itself', () => {
  for (const name of readdirSync(FOLDER).filter((file) => file.endsWith('.ts'))) {
    const imports = [...readFileSync(join(FOLDER, name), 'utf8').matchAll(/from '([^']+)'/g)].map(
      ([, from]) => from!,
    );
    expect(imports.filter((from) => !/^\.\/[a-z]+\.js$/.test(from))).toEqual([]);
  }
});

function terms(change: Partial<Terms> = {}, aToB: Partial<Terms['directions'][Flow]> = {}): Terms {
  const reconciliation = {
    bucket: 'hour',
    scope: [],
    scopeValues: {},
    absoluteBytes: '0',
    ppm: 1000,
    settledBytesRule: 'lower',
    mismatchRule: 'lower',
    oneSided: 'use_reported',
  };
  const none = { zeroRating: { kind: 'none' }, pricing: { model: 'none' } };
  return {
    reconciliation,
    backBillingMonths: 6,
    directions: { aToB: { ...none, ...aToB }, bToA: none },
    ...change,
  };
}

/** The whole of a flow in one hour, reported by both. */
function report(id: string, flow: Flow, bytes: bigint, more: Partial<Report> = {}): [Report, Report] {
  const of = { id, start: START, end: START + HOUR_MS, bytes, ...more };
  const [a, b] = flow === 'aToB' ? (['egress', 'ingress'] as const) : (['ingress', 'egress'] as const);
  return [
    { ...of, direction: a },
    { ...of, direction: b },
  ];
}

function books(of: Terms, flows: Partial<Record<Flow, bigint>>): Books {
  const made = new Books('Etc/UTC');
  made.inForce('2026-10', of);
  for (const [flow, bytes] of Object.entries(flows) as [Flow, bigint][]) {
    const [a, b] = report(flow, flow, bytes);
    made.report('A', [a]);
    made.report('B', [b]);
  }
  return made;
}

describe('the oracle agrees with the contract’s worked examples', () => {
  const TIERS = [
    { upTo: '100000', unitPrice: '0.02' },
    { upTo: null, unitPrice: '0.015' },
  ];
  const allowance = {
    zeroRating: { kind: 'allowance', quantity: '500000', unit: 'GB' },
    pricing: { model: 'linear', unit: 'GB', unitPrice: '0.04' },
  };
  const percentile = {
    basis: 'aToB',
    commitMbps: '10000',
    commitPrice: '0.30',
    overagePrice: '0.35',
    payer: 'A',
  } as const;

  test.each<[string, Terms, Partial<Record<Flow, bigint>>, string]>([
    [
      'ratio excess',
      terms({ ratioExcess: { ratio: '2', unitPrice: '0.01', unit: 'GB' } }),
      { aToB: 300_000n * GB, bToA: 100_000n * GB },
      '1000.00',
    ],
    [
      'balanced/unbalanced',
      terms({ ratioExcess: { ratio: '1', unitPrice: '0.005', unit: 'GB' } }),
      { aToB: 300_000n * GB, bToA: 100_000n * GB },
      '1000.00',
    ],
    [
      'graduated',
      terms({}, { pricing: { model: 'graduated', unit: 'GB', tiers: TIERS } }),
      { aToB: 120_000n * GB },
      '2300.00',
    ],
    [
      'volume',
      terms({}, { pricing: { model: 'volume', unit: 'GB', tiers: TIERS } }),
      { aToB: 120_000n * GB },
      '1800.00',
    ],
    [
      'volume at a bound',
      terms({}, { pricing: { model: 'volume', unit: 'GB', tiers: TIERS } }),
      { aToB: 100_000n * GB },
      '2000.00',
    ],
    ['allowance', terms({}, allowance), { aToB: 620_000n * GB }, '4800.00'],
    [
      'send-or-pay',
      terms(
        { commitments: [{ party: 'A', amount: '24000.00' }] },
        { pricing: { model: 'linear', unit: 'GB', unitPrice: '0.01' } },
      ),
      { aToB: 2_175_000n * GB },
      '24000.00',
    ],
  ])('%s', (_, of, flows, payable) => {
    expect(money(books(of, flows).issue('2026-10').payable.A)).toBe(payable);
  });

  test('percentile', () => {
    const of = terms({ percentile });
    of.reconciliation.bucket = '5min';
    const made = new Books('Etc/UTC');
    made.inForce('2026-10', of);
    // 12,400 Mbps over 6 % of the month's 8,928 samples.
    for (let at = 0; at < 536; at += 1) {
      const start = START + at * 300_000;
      const bytes = (12_400n * 1_000_000n * 300n) / 8n;
      const [a, b] = report(`s${at}`, 'aToB', bytes, { start, end: start + 300_000 });
      made.report('A', [a]);
      made.report('B', [b]);
    }
    expect(made.issue('2026-10').charges.map(({ amount }) => money(amount))).toEqual(['3000.00', '840.00']);
  });

  test('straddle', () => {
    const midnight = Date.UTC(2026, 10, 1);
    const [straddling] = report('x', 'aToB', 1_000_000_000_007n, {
      start: midnight - 10 * 60_000,
      end: midnight + 10 * 60_000,
    });
    expect(bytesBetween(straddling, 0, midnight)).toBe(500_000_000_004n);
    expect(bytesBetween(straddling, midnight, Infinity)).toBe(500_000_000_003n);
  });

  test('rounding, to either side', () => {
    expect([335n, -335n, 334n].map((mills) => cents(fraction(mills, 1000n)))).toEqual([34n, -34n, 33n]);
    expect([1500n, -1500n, 1499n].map((mills) => cents(fraction(mills, 1000n), 0))).toEqual([2n, -2n, 1n]);
    expect([money(-5n), money(-5n, 0), money(5n, 3)]).toEqual(['-0.05', '-5', '0.005']);
  });

  test('adjustment, once', () => {
    const of = terms({}, { pricing: { model: 'linear', unit: 'TB', unitPrice: '20' } });
    const made = books(of, { aToB: 60_000n * GB });
    expect(money(made.issue('2026-10').payable.A)).toBe('1200.00');
    const [a, b] = report('late', 'aToB', 40_000n * GB, { start: START + HOUR_MS, end: START + 2 * HOUR_MS });
    made.report('A', [a]);
    made.report('B', [b]);
    const next = made.issue('2026-11');
    expect(next.adjustments.map(({ originalPeriod, amount }) => [originalPeriod, money(amount)])).toEqual([
      ['2026-10', '800.00'],
    ]);
    expect(made.issue('2026-12').adjustments).toEqual([]);
    expect(money(made.owed)).toBe('2000.00');
  });

  test('the founding one', () => {
    const made = books(terms({}, { zeroRating: { kind: 'all' } }), {});
    made.price('A', [{ side: 'egress', unit: 'GB', unitPrice: '0.22', from: 0 }]);
    made.price('B', [{ side: 'ingress', unit: 'GB', unitPrice: '0.15', from: 0 }]);
    const [a, b] = report('x', 'aToB', 10_000n * GB, { customer: 'c' });
    made.report('A', [a]);
    made.report('B', [b]);
    const { credits, closing } = made.issue('2026-10');
    expect(closing).toBe(0n);
    expect(['A', 'B'].map((party) => credits[party as 'A'].map(({ amount }) => money(amount)))).toEqual([
      ['2200.00'],
      ['1500.00'],
    ]);
  });
});

describe('the oracle’s months', () => {
  test.each<[string, string, number]>([
    ['2025-10', 'Europe/Zurich', 745],
    ['2026-03', 'Europe/Zurich', 743],
    ['2025-11', 'Europe/Zurich', 720],
    ['2025-10', 'Australia/Lord_Howe', 743.5],
    ['2026-04', 'Australia/Lord_Howe', 720.5],
  ])('%s in %s has %d hours', (period, timezone, hours) => {
    const { start, end } = monthOf(period, timezone);
    expect((end - start) / HOUR_MS).toBe(hours);
    const [year, month] = period.split('-').map(Number) as [number, number];
    expect(bucketsOf(period, 'day', timezone)).toHaveLength(new Date(year, month, 0).getDate());
  });
});
