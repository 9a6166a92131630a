import {
  agreementState,
  isSuspended,
  type Suspension,
} from '../../../src/agreements/rules/agreement-state.js';
import { completeTerms } from '../../../src/agreements/rules/complete-terms.js';
import type { ZeroRating } from '../../../src/agreements/rules/terms.js';
import { isZeroRatable } from '../../../src/agreements/rules/zero-rating-limits.js';

function at(text: string): number {
  return Date.parse(text);
}

const OCTOBER_ENDS = at('2026-10-31T23:00:00Z');

describe('the state of an agreement', () => {
  const open = [{ from: at('2026-10-10T00:00:00Z'), until: null }];
  const over = [{ from: at('2026-10-01T00:00:00Z'), until: at('2026-10-02T00:00:00Z') }];
  const agreement = { timezone: 'Europe/Zurich', lastPeriod: null, hasTerms: true, suspensions: [] };

  test.each<[string, Partial<Parameters<typeof agreementState>[0]>, number, string]>([
    ['without terms', { hasTerms: false }, OCTOBER_ENDS, 'proposed'],
    ['with terms', {}, OCTOBER_ENDS, 'in_force'],
    ['while it rests', { suspensions: open }, OCTOBER_ENDS, 'suspended'],
    ['after a rest', { suspensions: over }, OCTOBER_ENDS, 'in_force'],
    ['at its second rest', { suspensions: [...over, ...open] }, OCTOBER_ENDS, 'suspended'],
    ['before its last period ends', { lastPeriod: '2026-10' }, OCTOBER_ENDS - 1, 'in_force'],
    ['once its last period ended, locally', { lastPeriod: '2026-10' }, OCTOBER_ENDS, 'terminated'],
    ['even while it rests', { lastPeriod: '2026-10', suspensions: open }, OCTOBER_ENDS, 'terminated'],
    ['that ended without terms', { lastPeriod: '2026-10', hasTerms: false }, OCTOBER_ENDS, 'terminated'],
  ])('%s', (_name, change, now, expected) => {
    expect(agreementState({ ...agreement, ...change }, now)).toBe(expected);
  });
});

test.each<[string, Suspension[], boolean]>([
  ['no rest', [], false],
  ['one that ends as it starts', [{ from: 0, until: 100 }], false],
  ['one that begins as it ends', [{ from: 200, until: null }], false],
  ['one that ends inside', [{ from: 0, until: 101 }], true],
  ['one that begins inside', [{ from: 199, until: 300 }], true],
  ['one inside', [{ from: 120, until: 130 }], true],
  ['one around', [{ from: 0, until: null }], true],
  [
    'the second of two',
    [
      { from: 0, until: 50 },
      { from: 150, until: 160 },
    ],
    true,
  ],
])('[100, 200) and %s', (_name, suspensions, expected) => {
  expect(isSuspended(suspensions, 100, 200)).toBe(expected);
});

describe('limits of a zero-rating', () => {
  const limits = { sourceRegions: ['eu', 'us'], destinationRegions: ['asia'], services: ['cdn'] };
  const none = { sourceRegions: [], destinationRegions: [], services: [] };
  const inside = { sourceRegion: 'us', destinationRegion: 'asia', service: 'cdn' };
  const of = (zeroRating: ZeroRating) => {
    const terms = completeTerms({ directions: {} }, 'USD');
    terms.directions.bToA.zeroRating = zeroRating;
    return terms;
  };

  test.each<[string, ZeroRating, Partial<typeof inside>, boolean]>([
    ['none', { kind: 'none' }, {}, false],
    ['all', { kind: 'all', ...none }, {}, true],
    ['all, traffic of unknown places', { kind: 'all', ...none }, { sourceRegion: '' }, true],
    ['inside', { kind: 'all', ...limits }, {}, true],
    ['inside an allowance', { kind: 'allowance', quantity: '0', unit: 'GB', ...limits }, {}, true],
    ['another source', { kind: 'all', ...limits }, { sourceRegion: 'asia' }, false],
    ['another destination', { kind: 'all', ...limits }, { destinationRegion: 'eu' }, false],
    ['another service', { kind: 'all', ...limits }, { service: 'vpn' }, false],
    ['no service', { kind: 'all', ...limits }, { service: '' }, false],
    ['one list only', { kind: 'all', ...none, services: ['cdn'] }, { sourceRegion: 'mars' }, true],
  ])('%s', (_name, zeroRating, change, expected) => {
    expect(isZeroRatable({ ...inside, ...change }, of(zeroRating), 'bToA')).toBe(expected);
    expect(isZeroRatable({ ...inside, ...change }, of(zeroRating), 'aToB')).toBe(false);
  });

  test('a record that names no region is outside every list of regions', () => {
    const scope = { sourceRegion: null, destinationRegion: null, service: null };
    expect(isZeroRatable(scope, of({ kind: 'all', ...limits }), 'bToA')).toBe(false);
    expect(isZeroRatable(scope, of({ kind: 'all', ...none }), 'bToA')).toBe(true);
  });
});
