import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { Rating } from '../../../src/rating/index.js';
import {
  closingBalance,
  sealStatement,
  statementDocument,
  type StatementInput,
} from '../../../src/settlement/rules/statement-document.js';
import { agreement, at, B_PAYS, input, rated, terms } from './support.js';

test('a statement, member by member', () => {
  expect(statementDocument(input())).toEqual({
    number: 'alpha-beta-0001',
    agreement: 'alpha-beta',
    version: 3,
    period: '2026-10',
    periodStart: '2026-10-01T00:00:00Z',
    periodEnd: '2026-11-01T00:00:00Z',
    periodStartLocal: '2026-10-01T00:00:00+00:00',
    periodEndLocal: '2026-11-01T00:00:00+00:00',
    timezone: 'Etc/UTC',
    cutOff: '2026-11-06T00:00:00Z',
    issuedAt: '2026-11-06T00:00:00Z',
    acceptanceDue: '2026-11-22T00:00:00Z',
    paymentDue: '2026-12-07T00:00:00Z',
    disputableUntil: '2027-01-06T00:00:00Z',
    currency: 'USD',
    partyA: 'alpha',
    partyB: 'beta',
    declaredBytes: {
      aToB: { sender: '100000000000007', receiver: '100000000000009', difference: '-2' },
      bToA: { sender: '0', receiver: '0', difference: '0' },
    },
    settledBytes: { aToB: '100000000000000', bToA: '0' },
    discrepancyBytes: { aToB: '2', bToA: '0' },
    zeroRatedBytes: { aToB: '0', bToA: '0' },
    rules: terms().reconciliation,
    lines: [
      {
        kind: 'usage',
        direction: 'aToB',
        version: 3,
        tier: null,
        bytes: '100000000000000',
        quantity: '100000',
        unit: 'GB',
        unitPrice: '0.02',
        amount: '2000.00',
        payer: 'alpha',
        payee: 'beta',
      },
    ],
    openDisputes: [],
    payableByA: '2000.00',
    payableByB: '0.00',
    net: { amount: '2000.00', payer: 'alpha', payee: 'beta' },
    openingBalance: '0.00',
    paymentsSince: '0.00',
    closingBalance: '2000.00',
    counts: {
      records: { alpha: 11, beta: 12 },
      buckets: { exact: 5, within_tolerance: 4, mismatch: 3, missing_sender: 2, missing_receiver: 1 },
    },
    previousSha256: null,
    notice: expect.stringContaining('not a tax invoice') as string,
  });
});

test('open disputes are named, with what they withhold, and change no amount', () => {
  const dispute = {
    id: '01900000-0000-7000-8000-0000000000dd',
    state: 'escalated',
    statement: 'alpha-beta-0001',
    period: '2026-09',
    reason: 'rate',
    raisedBy: 'beta',
    disputedAmount: 4_000n,
    withheldAmount: 5n,
  };
  const document = statementDocument(input({ openDisputes: [dispute] }));
  const shown = { ...dispute, disputedAmount: '40.00', withheldAmount: '0.05' };
  expect(document).toEqual({ ...statementDocument(input()), openDisputes: [shown] });
});

test.each([
  [1, 'alpha-beta-0001'],
  [42, 'alpha-beta-0042'],
  [9_999, 'alpha-beta-9999'],
  [10_000, 'alpha-beta-10000'],
])('statement %i of an agreement has the number %s', (sequence, number) => {
  expect(statementDocument(input({ sequence })).number).toBe(number);
});

describe('days end at local midnight', () => {
  const dated = (timezone: string, period: string, issuedAt: string, cutOff = 5) => {
    const version = {
      number: 1,
      terms: terms({ days: { cutOff, acceptance: 0, payment: 1, disputeWindow: 2 } }),
    };
    const document = statementDocument(
      input({ agreement: agreement({ timezone }), period, issuedAt: at(issuedAt), version }),
    );
    const { periodStartLocal, periodEndLocal, periodEnd, acceptanceDue, paymentDue, disputableUntil } =
      document;
    return {
      local: [periodStartLocal, periodEndLocal],
      periodEnd,
      cutOff: document.cutOff,
      due: [acceptanceDue, paymentDue, disputableUntil],
    };
  };

  test('over the end of summer time in Berlin', () => {
    expect(dated('Europe/Berlin', '2026-09', '2026-10-24T09:30:00Z')).toEqual({
      local: ['2026-09-01T00:00:00+02:00', '2026-10-01T00:00:00+02:00'],
      periodEnd: '2026-09-30T22:00:00Z',
      cutOff: '2026-10-05T22:00:00Z',
      due: ['2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z', '2026-10-26T23:00:00Z'],
    });
  });

  test('over the start of summer time in New York, where the month has 743 hours', () => {
    expect(dated('America/New_York', '2026-03', '2026-04-06T12:00:00Z')).toEqual({
      local: ['2026-03-01T00:00:00-05:00', '2026-04-01T00:00:00-04:00'],
      periodEnd: '2026-04-01T04:00:00Z',
      cutOff: '2026-04-06T04:00:00Z',
      due: ['2026-04-07T04:00:00Z', '2026-04-08T04:00:00Z', '2026-04-09T04:00:00Z'],
    });
    expect(dated('America/New_York', '2026-02', '2026-03-07T12:00:00Z', 8)).toMatchObject({
      cutOff: '2026-03-09T04:00:00Z',
      due: ['2026-03-08T05:00:00Z', '2026-03-09T04:00:00Z', '2026-03-10T04:00:00Z'],
    });
  });

  test('over a shift of 30 minutes', () => {
    expect(dated('Australia/Lord_Howe', '2026-03', '2026-04-04T11:00:00Z', 4)).toMatchObject({
      local: ['2026-03-01T00:00:00+11:00', '2026-04-01T00:00:00+11:00'],
      cutOff: '2026-04-04T13:00:00Z',
      due: ['2026-04-04T13:00:00Z', '2026-04-05T13:30:00Z', '2026-04-06T13:30:00Z'],
    });
  });

  test('by the local date of the issue, not that in UTC', () => {
    // 18:29 is still the 6th in Kolkata, 18:30 is the 7th.
    expect(dated('Asia/Kolkata', '2026-10', '2026-11-06T18:29:59Z').due[0]).toBe('2026-11-06T18:30:00Z');
    expect(dated('Asia/Kolkata', '2026-10', '2026-11-06T18:30:00Z').due[0]).toBe('2026-11-07T18:30:00Z');
  });
});

describe('balances are signed, positive where A owes B', () => {
  type Case = [aPays: bigint, bPays: bigint, opening: bigint | null, payments: bigint, shown: string[]];
  const rating = (payableByA: bigint, payableByB: bigint): Rating => ({
    zeroRatedBytes: { aToB: 0n, bToA: 0n },
    lines: [],
    payableByA,
    payableByB,
    net: { amount: 0n, payer: null, payee: null },
  });
  test.each<Case>([
    [200_000n, 0n, null, 0n, ['0.00', '0.00', '2000.00']],
    [0n, 200_000n, null, 0n, ['0.00', '0.00', '-2000.00']],
    [5n, 7n, null, 0n, ['0.00', '0.00', '-0.02']],
    [100n, 0n, 50n, 0n, ['0.50', '0.00', '1.50']],
    [100n, 0n, -50n, 0n, ['-0.50', '0.00', '0.50']],
    [100n, 0n, 50n, 30n, ['0.50', '0.30', '1.20']],
    [0n, 100n, -50n, -30n, ['-0.50', '-0.30', '-1.20']],
    [100n, 0n, 0n, 300n, ['0.00', '3.00', '-2.00']],
    [0n, 0n, 50n, 50n, ['0.50', '0.50', '0.00']],
  ])('A %s, B %s, before %s, paid %s', (aPays, bPays, opening, paymentsSince, shown) => {
    const previous = opening === null ? null : { sha256: 'ab'.repeat(32), closingBalance: opening };
    const of: StatementInput = input({ rating: rating(aPays, bPays), previous, paymentsSince });
    const document = statementDocument(of);
    expect([document.openingBalance, document.paymentsSince, document.closingBalance]).toEqual(shown);
    expect(document.previousSha256).toBe(previous && previous.sha256);
  });

  test('so that each statement opens where the one before closed', () => {
    const period = fc.record({
      a: fc.bigInt(0n, 10n ** 12n),
      b: fc.bigInt(0n, 10n ** 12n),
      paid: fc.bigInt(),
    });
    fc.assert(
      fc.property(fc.array(period, { minLength: 1, maxLength: 12 }), (periods) => {
        let previous: StatementInput['previous'] = null;
        let owed = 0n;
        for (const { a, b, paid } of periods) {
          const of = input({ rating: rating(a, b), previous, paymentsSince: paid });
          owed += a - b - paid;
          expect(closingBalance(of)).toBe(owed);
          const document = statementDocument(of);
          previous = { sha256: sealStatement(document).sha256, closingBalance: closingBalance(of) };
        }
      }),
    );
  });
});

test('who pays and who is paid are named by their codes, the net never negative', () => {
  const of = terms(B_PAYS);
  const rating = rated(of, 0n, 10n ** 12n);
  const document = statementDocument(input({ version: { number: 1, terms: of }, rating }));
  expect(document.lines).toMatchObject([{ payer: 'beta', payee: 'alpha', direction: 'bToA' }]);
  expect(document.net).toEqual({ amount: '20.00', payer: 'beta', payee: 'alpha' });
  expect(document.closingBalance).toBe('-20.00');
  const even = statementDocument(input({ rating: rated(terms(), 5n) }));
  expect(even.net).toEqual({ amount: '0.00', payer: null, payee: null });
});

test.each([
  ['JPY', '2000'],
  ['USD', '2000.00'],
  ['BHD', '2000.000'],
])('money has exactly the decimals of %s', (currency, shown) => {
  const of = input();
  const rating = rated(of.version.terms, of.settledBytes.aToB, 0n, currency);
  const document = statementDocument({ ...of, agreement: agreement({ currency }), rating });
  expect(document.lines[0]!.amount).toBe(shown);
  expect([document.payableByA, document.net.amount, document.closingBalance]).toEqual([shown, shown, shown]);
});

test('bytes beyond what a float holds are shown to the byte', () => {
  const settledBytes = { aToB: 2n ** 70n + 1n, bToA: 0n };
  const rating = rated(terms({ directions: { aToB: { zeroRating: { kind: 'all' } } } }), settledBytes.aToB);
  const document = statementDocument(input({ settledBytes, rating }));
  expect(document.settledBytes.aToB).toBe('1180591620717411303425');
  expect(document.zeroRatedBytes.aToB).toBe('1180591620717411303425');
});

/** RFC 8785 for documents of texts, whole numbers, truth values, null, lists and objects: written anew. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
}

describe('the hash', () => {
  test('is that of the canonical text, which an independent program can compute', () => {
    const document = statementDocument(input());
    const { text, sha256 } = sealStatement(document);
    expect(text).toBe(canonical(document));
    expect(sha256).toBe(createHash('sha256').update(canonical(document), 'utf8').digest('hex'));
  });

  test('covers no id, state, signature or itself', () => {
    const document = statementDocument(input());
    const members = new Set<string>();
    JSON.stringify(document, (name, value: unknown) => {
      members.add(name);
      return value;
    });
    for (const name of ['id', 'sha256', 'state', 'signature', 'signatures'])
      expect(members).not.toContain(name);
    const other = agreement({ id: '01900000-0000-7000-8000-000000000099' });
    expect(sealStatement(statementDocument(input({ agreement: other })))).toEqual(sealStatement(document));
  });

  test('does not depend on the order in which counts and totals were made', () => {
    const { bucketCounts, totals } = input();
    const reversed = <Value extends object>(value: Value): Value =>
      Object.fromEntries(Object.entries(value).reverse()) as Value;
    const other = input({ bucketCounts: reversed(bucketCounts), totals: reversed(totals) });
    expect(sealStatement(statementDocument(other))).toEqual(sealStatement(statementDocument(input())));
  });

  test.each<[string, Partial<StatementInput>]>([
    ['the number', { sequence: 2 }],
    ['the period', { period: '2026-09' }],
    ['the version', { version: { number: 4, terms: input().version.terms } }],
    ['the issue', { issuedAt: at('2026-11-06T00:00:00.001Z') }],
    ['a settled byte', { settledBytes: { aToB: 100_000n * 10n ** 9n + 1n, bToA: 0n } }],
    ['a payment', { paymentsSince: 1n }],
    ['a record', { recordCounts: { A: 11, B: 13 } }],
    ['the previous statement', { previous: { sha256: 'ab'.repeat(32), closingBalance: 0n } }],
    ['a charge', { rating: rated(input().version.terms, 99_999n * 10n ** 9n) }],
  ])('changes with %s', (_name, change) => {
    const before = sealStatement(statementDocument(input())).sha256;
    expect(sealStatement(statementDocument(input(change))).sha256).not.toBe(before);
  });
});

test('lines keep the order of kind, direction, tier and payer', () => {
  const pricing = {
    model: 'graduated' as const,
    unit: 'GB',
    tiers: [
      { upTo: '10', unitPrice: '0.02', flatFee: '5.00' },
      { upTo: null, unitPrice: '0.01', flatFee: '7.00' },
    ],
  };
  const of = terms({
    directions: { aToB: { pricing }, bToA: { pricing } },
    ratioExcess: { ratio: '1', unitPrice: '0.01', unit: 'GB' },
    commitments: [
      { party: 'B', amount: '1000' },
      { party: 'A', amount: '1000' },
    ],
  });
  const rating = rated(of, 30n * 10n ** 9n, 20n * 10n ** 9n);
  const { lines } = statementDocument(input({ version: { number: 1, terms: of }, rating }));
  expect(lines.map(({ kind, direction, tier, payer }) => [kind, direction, tier, payer].join(' '))).toEqual([
    'usage aToB 1 alpha',
    'usage aToB 2 alpha',
    'usage bToA 1 beta',
    'usage bToA 2 beta',
    'flat_fee aToB 1 alpha',
    'flat_fee aToB 2 alpha',
    'flat_fee bToA 1 beta',
    'flat_fee bToA 2 beta',
    'ratio_excess aToB  alpha',
    'true_up   alpha',
    'true_up   beta',
  ]);
});
