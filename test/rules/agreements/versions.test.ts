import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { completeTerms } from '../../../src/agreements/rules/complete-terms.js';
import { sealVersion, type VersionDocument } from '../../../src/agreements/rules/version-document.js';
import { versionInForce, type VersionInForce } from '../../../src/agreements/rules/version-in-force.js';

const TERMS = completeTerms({ directions: {} }, 'USD');

function version(number: number, effectiveFrom: string): VersionInForce {
  return { version: number, effectiveFrom, inForceAt: number, terms: TERMS };
}

describe('the version in force', () => {
  const versions = [
    version(1, '2025-10'),
    version(3, '2026-01'),
    version(4, '2026-01'),
    version(6, '2026-03'),
  ];

  test.each([
    ['2025-09', undefined],
    ['2025-10', 1],
    ['2025-12', 1],
    ['2026-01', 4],
    ['2026-02', 4],
    ['2026-03', 6],
    ['2030-12', 6],
  ])('of %s is %s, in whatever order they are listed', (period, expected) => {
    expect(versionInForce(versions, period)?.version).toBe(expected);
    expect(versionInForce([...versions].reverse(), period)?.version).toBe(expected);
  });

  test('is none where there is no version', () => {
    expect(versionInForce([], '2026-01')).toBeUndefined();
  });

  test('has the latest start not after the period, and of those the highest number', () => {
    const period = fc.integer({ min: 1, max: 12 }).map((month) => `2026-${String(month).padStart(2, '0')}`);
    fc.assert(
      fc.property(fc.array(period, { maxLength: 8 }), period, fc.nat(7), (starts, asked, turn) => {
        const all = starts.map((start, index) => version(index + 1, start));
        const started = all.filter(({ effectiveFrom }) => effectiveFrom <= asked);
        started.sort((a, b) => a.effectiveFrom.localeCompare(b.effectiveFrom) || a.version - b.version);
        const listed = [...all.slice(turn), ...all.slice(0, turn)];
        expect(versionInForce(listed, asked)).toBe(started.at(-1));
      }),
    );
  });
});

const DOCUMENT: VersionDocument = {
  code: 'alpha-beta',
  partyA: 'alpha',
  partyB: 'beta',
  timezone: 'Europe/Zurich',
  currency: 'USD',
  effectiveFrom: '2026-10',
  terms: TERMS,
};

/** RFC 8785 for documents of texts, whole numbers, truth values, null, lists and objects: written anew. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
}

/** The same document with the members of every object in another order. */
function shuffled<Value>(value: Value, seed: number): Value {
  if (Array.isArray(value)) return value.map((item) => shuffled(item as unknown, seed)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [name, shuffled(member as unknown, seed)]);
  const turn = seed % members.length;
  const turned = [...members.slice(turn), ...members.slice(0, turn)];
  return Object.fromEntries(seed % 2 ? turned.reverse() : turned) as Value;
}

describe('the hash of a version', () => {
  test('is that of its canonical text, which names code, parties, zone, currency, start and terms', () => {
    const { text, sha256 } = sealVersion(DOCUMENT);
    expect(text).toBe(
      '{"code":"alpha-beta","currency":"USD","effectiveFrom":"2026-10","partyA":"alpha","partyB":"beta",' +
        '"terms":{"backBillingMonths":6,"commitments":[],"days":{"acceptance":15,"cutOff":5,' +
        '"disputeWindow":60,"payment":30},"directions":{' +
        '"aToB":{"pricing":{"model":"none"},"zeroRating":{"kind":"none"}},' +
        '"bToA":{"pricing":{"model":"none"},"zeroRating":{"kind":"none"}}},' +
        '"minimumDisputeAmount":"0.00","netting":true,"reconciliation":{"absoluteBytes":"0","bucket":"hour",' +
        '"mismatchRule":"lower","monthAbsoluteBytes":"0","monthPpm":1000,"oneSided":"use_reported",' +
        '"ppm":1000,"scope":[],"scopeValues":{},"settledBytesRule":"lower"}},"timezone":"Europe/Zurich"}',
    );
    expect(sha256).toBe('0b70eba8c1cf27190e91e349f2e2c2fab5ad54fc464b389d105ec41b9fe8436f');
  });

  test('does not depend on the order of members', () => {
    fc.assert(
      fc.property(fc.nat(1_000), (seed) => {
        expect(sealVersion(shuffled(DOCUMENT, seed))).toEqual(sealVersion(DOCUMENT));
      }),
    );
  });

  test('can be computed anew by an independent canonicaliser, with any text in any language', () => {
    const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
    const terms = fc.record({
      service: fc.uniqueArray(word, { minLength: 1, maxLength: 5 }),
      ppm: fc.nat(1_000_000),
      upTo: fc.nat(),
      netting: fc.boolean(),
    });
    fc.assert(
      fc.property(terms, word, ({ service, ppm, upTo, netting }, code) => {
        const document: VersionDocument = {
          ...DOCUMENT,
          code,
          terms: completeTerms(
            {
              netting,
              reconciliation: { ppm, scope: ['service'], scopeValues: { service } },
              directions: {
                aToB: {
                  pricing: {
                    model: 'graduated',
                    unit: 'GB',
                    tiers: [
                      { upTo: String(upTo), unitPrice: '0.02' },
                      { upTo: null, unitPrice: '0.01' },
                    ],
                  },
                },
              },
            },
            'USD',
          ),
        };
        const { text, sha256 } = sealVersion(document);
        expect(text).toBe(canonical(document));
        expect(sha256).toBe(createHash('sha256').update(canonical(document), 'utf8').digest('hex'));
      }),
    );
  });

  test.each<[string, Partial<VersionDocument>]>([
    ['the code', { code: 'alpha-gamma' }],
    ['a party', { partyB: 'gamma' }],
    ['the parties the other way round', { partyA: 'beta', partyB: 'alpha' }],
    ['the zone', { timezone: 'Europe/Berlin' }],
    ['the currency', { currency: 'EUR' }],
    ['the start', { effectiveFrom: '2026-11' }],
    ['a day count', { terms: { ...TERMS, days: { ...TERMS.days, cutOff: 6 } } }],
    ['netting', { terms: { ...TERMS, netting: false } }],
  ])('changes with %s', (_name, change) => {
    expect(sealVersion({ ...DOCUMENT, ...change }).sha256).not.toBe(sealVersion(DOCUMENT).sha256);
  });
});
