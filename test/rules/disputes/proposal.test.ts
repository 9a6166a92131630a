import {
  amountIn,
  mistakesInEvidence,
  readProposal,
  type ProposedResolution,
} from '../../../src/disputes/rules/check-proposal.js';
import type { Resolution } from '../../../src/disputes/rules/dispute-state.js';
import {
  bucketOf,
  readResolution,
  recordResolution,
  referenceTo,
  type BucketReference,
  type Cut,
} from '../../../src/disputes/rules/evidence.js';
import { bucketGrid } from '../../../src/period/index.js';
import { rules } from '../reconciliation/support.js';

const NO_SCOPE: Cut = { grid: bucketGrid('2026-10', 'hour', 'Etc/UTC'), rules: rules() };
const BY_REGION: Cut = {
  ...NO_SCOPE,
  rules: rules({
    scope: ['sourceRegion', 'service'],
    scopeValues: { sourceRegion: ['east', 'west'], service: ['web'] },
  }),
};
const HOUR = '2026-10-05T13:00:00Z';

const reference = (scope: BucketReference['scope'] = {}, start = HOUR): BucketReference => ({
  direction: 'aToB',
  start,
  scope,
});

describe('a reference to a bucket', () => {
  test('names it by direction, start and what splits it', () => {
    expect(bucketOf(reference(), NO_SCOPE)).toEqual({
      direction: 'aToB',
      start: Date.parse(HOUR),
      scope: { sourceRegion: '', destinationRegion: '', service: '' },
    });
    const scope = { sourceRegion: 'west', service: 'web' };
    expect(bucketOf(reference(scope, '2026-10-05T15:00:00+02:00'), BY_REGION)).toEqual({
      direction: 'aToB',
      start: Date.parse(HOUR),
      scope: { sourceRegion: 'west', destinationRegion: '', service: 'web' },
    });
  });

  test.each<[string, BucketReference, Cut, string, string]>([
    ['no instant', reference({}, 'today'), NO_SCOPE, '/start', 'such as 2026-10-01T00:00:00Z'],
    ['within a bucket', reference({}, '2026-10-05T13:30:00Z'), NO_SCOPE, '/start', '(hour)'],
    ['before the period', reference({}, '2026-09-30T23:00:00Z'), NO_SCOPE, '/start', 'of the period'],
    ['after the period', reference({}, '2026-11-01T00:00:00Z'), NO_SCOPE, '/start', 'of the period'],
    [
      'a field that splits nothing',
      reference({ service: 'web' }),
      NO_SCOPE,
      '/scope/service',
      'leave it out',
    ],
    [
      'an unknown value',
      reference({ sourceRegion: 'north', service: 'web' }),
      BY_REGION,
      '/scope/sourceRegion',
      'sourceRegion',
    ],
    ['a missing value', reference({ sourceRegion: 'west' }), BY_REGION, '/scope/service', 'service'],
    [
      'an empty value',
      reference({ sourceRegion: '', service: 'web' }),
      BY_REGION,
      '/scope/sourceRegion',
      'use one',
    ],
    [
      'another field',
      reference({ sourceRegion: 'west', service: 'web', destinationRegion: 'x' }),
      BY_REGION,
      '/scope/destinationRegion',
      'not split',
    ],
  ])('is no good: %s', (_, given, cut, pointer, detail) => {
    expect(bucketOf(given, cut)).toEqual({ pointer, detail: expect.stringContaining(detail) as string });
  });

  test('is made of a bucket again, with its own fields only', () => {
    for (const [given, cut] of [
      [reference(), NO_SCOPE],
      [reference({ sourceRegion: 'east', service: 'web' }), BY_REGION],
    ] as const) {
      expect(referenceTo(bucketOf(given, cut) as never)).toEqual(given);
    }
  });

  test('in evidence is pointed at', () => {
    const buckets = [reference(), reference({}, 'today'), reference({ service: 'x' })];
    expect(mistakesInEvidence({ text: null, buckets }, NO_SCOPE).map(({ pointer }) => pointer)).toEqual([
      '/evidence/buckets/1/start',
      '/evidence/buckets/2/scope/service',
    ]);
  });
});

describe('an amount', () => {
  test.each<[string, string, bigint | null]>([
    ['12.50', 'USD', 1250n],
    ['12.5', 'USD', 1250n],
    ['-0.01', 'USD', -1n],
    ['12', 'JPY', 12n],
    ['12.5', 'JPY', null],
    ['12.505', 'USD', null],
    ['12.505', 'BHD', 12505n],
    ['1e3', 'USD', null],
  ])('%s %s is %s', (text, currency, minor) => expect(amountIn(text, currency)).toBe(minor));
});

describe('a proposal', () => {
  const read = (proposed: ProposedResolution, disputed = -4000n, cut = NO_SCOPE) =>
    readProposal(proposed, { cut, currency: 'USD', disputed });

  test('of no change is always good', () => {
    expect(read({ kind: 'no_change' }, 0n)).toEqual({ resolution: { kind: 'no_change' } });
  });

  test.each<[string, bigint, bigint | null]>([
    ['0.01', -4000n, 1n],
    ['40.00', -4000n, 4000n],
    ['40.00', 4000n, 4000n],
    ['40.01', -4000n, null],
    ['40.01', 4000n, null],
    ['0.00', -4000n, null],
    ['-1.00', -4000n, null],
    ['0.01', 0n, null],
    ['1.001', -4000n, null],
  ])('of %s, when %s are disputed, is %s', (amount, disputed, conceded) => {
    const result = read({ kind: 'amount', amount }, disputed);
    if (conceded !== null) expect(result).toEqual({ resolution: { kind: 'amount', amount: conceded } });
    else
      expect(result).toEqual({
        mistakes: [{ pointer: '/resolution/amount', detail: expect.any(String) as string }],
      });
  });

  test('says how much may be conceded', () => {
    const detail = (disputed: bigint) => JSON.stringify(read({ kind: 'amount', amount: '99.00' }, disputed));
    expect(detail(-4000n)).toContain('at most 40.00');
    expect(detail(0n)).toContain('no money is at stake');
  });

  test('of bytes is of buckets of the period, each once', () => {
    const bucket = { ...reference(), bytes: '12345678901234567890' };
    expect(read({ kind: 'bytes', buckets: [bucket] })).toEqual({
      resolution: {
        kind: 'bytes',
        buckets: [{ ...bucketOf(reference(), NO_SCOPE), bytes: 12_345_678_901_234_567_890n }],
      },
    });
    const later = { ...reference({}, '2026-10-05T14:00:00Z'), bytes: '1' };
    const wrong = { ...reference({}, 'today'), bytes: '1' };
    const result = read({ kind: 'bytes', buckets: [bucket, later, wrong, { ...bucket, bytes: '7' }] });
    expect(result).toMatchObject({
      mistakes: [
        { pointer: '/resolution/buckets/2/start' },
        { pointer: '/resolution/buckets/3', detail: 'name each bucket once' },
      ],
    });
  });
});

describe('a resolution on record', () => {
  test.each<[Resolution, object]>([
    [{ kind: 'no_change' }, { kind: 'no_change' }],
    [
      { kind: 'amount', amount: 2n ** 70n },
      { kind: 'amount', amount: String(2n ** 70n) },
    ],
    [
      {
        kind: 'bytes',
        buckets: [{ ...(bucketOf(reference(), NO_SCOPE) as never as object), bytes: 5n } as never],
      },
      { kind: 'bytes', buckets: [{ ...reference(), bytes: '5' }] },
    ],
    [
      {
        kind: 'bytes',
        buckets: [
          {
            direction: 'bToA',
            start: Date.parse(HOUR),
            scope: { sourceRegion: 'east', destinationRegion: 'west', service: 'web' },
            bytes: 2n ** 70n,
          },
        ],
      },
      {
        kind: 'bytes',
        buckets: [
          {
            direction: 'bToA',
            start: HOUR,
            scope: { sourceRegion: 'east', destinationRegion: 'west', service: 'web' },
            bytes: String(2n ** 70n),
          },
        ],
      },
    ],
  ])('is what it was: %#', (resolution, recorded) => {
    expect(recordResolution(resolution)).toEqual(recorded);
    expect(readResolution(JSON.parse(JSON.stringify(recorded)))).toEqual(resolution);
  });
});
