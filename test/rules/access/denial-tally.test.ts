import fc from 'fast-check';
import { DenialTally, ROWS_A_MINUTE } from '../../../src/access/denial-tally.js';
import { resourceIn, type Denial } from '../../../src/access/rules/denial.js';

const NOW = new Date('2026-11-06T12:00:10.000Z');
const later = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1000);

function denial(n: number, providerId: string | null = 'p1', more: Partial<Denial> = {}): Denial {
  return {
    actor: {
      kind: providerId === null ? 'unknown' : 'provider',
      providerId,
      credential: providerId === null ? null : { kind: 'api_key', id: 'k1' },
    },
    requestId: `r${n}`,
    address: '192.0.2.1',
    method: 'GET',
    route: '/v1/agreements/:agreement',
    resource: { kind: 'agreement', id: `a${n}` },
    status: 404,
    code: 'unknown_agreement',
    ...more,
  };
}

describe('DenialTally', () => {
  it('makes one row of attempts alike, with the first request and the time of the last', () => {
    const tally = new DenialTally();
    tally.note(denial(1), NOW);
    tally.note({ ...denial(1), requestId: 'another' }, later(2));
    expect(tally.take(later(5))).toEqual([
      expect.objectContaining({
        at: NOW.toISOString(),
        until: later(2).toISOString(),
        attempts: 2,
        requestId: 'r1',
        partyId: 'p1',
        credentialId: 'k1',
        resourceId: 'a1',
      }),
    ]);
    expect(tally.take(later(10))).toEqual([]);
  });

  it.each<[string, Partial<Denial>]>([
    ['address', { address: '192.0.2.2' }],
    ['method', { method: 'POST' }],
    ['route', { route: '/v1/other' }],
    ['resource', { resource: null }],
    ['status', { status: 403 }],
    ['code', { code: 'other' }],
    ['credential', { actor: { kind: 'provider', providerId: 'p1', credential: null } }],
  ])('keeps attempts apart that differ in their %s', (_, more) => {
    const tally = new DenialTally();
    tally.note(denial(1), NOW);
    tally.note(denial(1, 'p1', more), NOW);
    expect(tally.take(NOW)).toHaveLength(2);
  });

  it('leaves out what there is no room for in the minute, and counts it at the end of that', () => {
    const tally = new DenialTally();
    tally.take(NOW);
    for (let n = 0; n < ROWS_A_MINUTE + 7; n++) tally.note(denial(n), later(n / 10));
    expect(tally.take(later(20))).toHaveLength(ROWS_A_MINUTE);
    tally.note(denial(0), later(21));
    expect(tally.take(later(30))).toEqual([]);
    expect(tally.take(later(55))).toEqual([
      expect.objectContaining({
        attempts: 8,
        partyId: 'p1',
        route: null,
        status: null,
        address: null,
        until: later(21).toISOString(),
      }),
    ]);
    tally.note(denial(0), later(56));
    expect(tally.take(later(60))).toEqual([expect.objectContaining({ attempts: 1, resourceId: 'a0' })]);
  });

  it('takes no room from another caller', () => {
    const tally = new DenialTally();
    for (let n = 0; n < 10 * ROWS_A_MINUTE; n++) tally.note(denial(n, null), NOW);
    tally.note(denial(1, 'p1'), NOW);
    tally.note(denial(1, 'p2'), NOW);
    const rows = tally.take(NOW);
    expect(rows.filter(({ partyId }) => partyId !== null)).toHaveLength(2);
    expect(rows).toHaveLength(ROWS_A_MINUTE + 2);
  });

  it('counts what could not be written', () => {
    const tally = new DenialTally();
    tally.note(denial(1), NOW);
    tally.note(denial(1), NOW);
    tally.giveBack(tally.take(NOW));
    expect(tally.take(later(60))).toEqual([expect.objectContaining({ attempts: 2, route: null })]);
  });

  it('loses none, and makes at most so many rows and one count a minute and caller', () => {
    const event = fc.record({
      n: fc.nat(200),
      caller: fc.constantFrom('p1', 'p2', null),
      after_s: fc.nat(20),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 400 }), (events) => {
        const tally = new DenialTally();
        const minutes = new Set<number>();
        let at_s = 0;
        const rows = events.flatMap(({ n, caller, after_s }) => {
          const taken = after_s > 15 ? tally.take(later((at_s += after_s))) : [];
          minutes.add(Math.floor(later(at_s).getTime() / 60_000));
          tally.note(denial(n, caller), later(at_s));
          return taken;
        });
        rows.push(...tally.take(later(at_s), true));
        expect(rows.reduce((sum, { attempts }) => sum + attempts, 0)).toBe(events.length);
        expect(rows.length).toBeLessThanOrEqual(3 * minutes.size * (ROWS_A_MINUTE + 1));
      }),
    );
  });
});

describe('resourceIn', () => {
  it.each([
    [
      { agreement: 'alpha-beta', id: 'x' },
      { kind: 'agreement', id: 'alpha-beta' },
    ],
    [{ statement: '0193' }, { kind: 'statement', id: '0193' }],
    [{ customer: 'shop-17' }, null],
    [
      { provider: 'alpha', customer: 'shop-17' },
      { kind: 'provider', id: 'alpha' },
    ],
    [{ agreement: 'with space' }, null],
    [{ agreement: 'x'.repeat(65) }, null],
    [{}, null],
  ])('of %j is %j', (params, resource) => {
    expect(resourceIn(params)).toEqual(resource);
  });
});
