import fc from 'fast-check';
import {
  EXACT_PROVIDERS_MAX,
  proposeNetting,
  type NetPosition,
} from '../../../src/payments/rules/netting.js';

const named = (nets: readonly bigint[]): NetPosition[] =>
  nets.map((net, index) => ({ provider: `p${String(index).padStart(2, '0')}`, net }));

/** Positions after the payments. */
function cleared(positions: readonly NetPosition[]): bigint[] {
  const left = new Map(positions.map(({ provider, net }) => [provider, net]));
  for (const { payer, payee, amount } of proposeNetting(positions).payments) {
    expect(amount > 0n).toBe(true);
    left.set(payer, left.get(payer)! + amount);
    left.set(payee, left.get(payee)! - amount);
  }
  return [...left.values()];
}

/** The most zero-sum groups, by trying every way to part the positions. */
function mostGroups(nets: readonly bigint[]): number {
  const open = nets.filter((net) => net !== 0n);
  const tried = (rest: readonly bigint[], groups: readonly bigint[]): number => {
    const [next, ...others] = rest;
    if (next === undefined) return groups.every((sum) => sum === 0n) ? groups.length : 0;
    const joined = groups.map((sum, at) => tried(others, groups.with(at, sum + next)));
    return Math.max(tried(others, [...groups, next]), ...joined);
  };
  return tried(open, []);
}

describe('proposeNetting', () => {
  test.each<[string, bigint[], number]>([
    ['nobody owes anything', [0n, 0n], 0],
    ['one owes another', [5n, -5n], 1],
    ['a ring that cancels out is no payment', [0n, 0n, 0n], 0],
    ['one owes two', [-5n, 2n, 3n], 2],
    ['two pairs', [5n, 7n, -7n, -5n], 2],
    ['a pair and a triple, where greed alone would need four', [6n, -6n, 7n, -3n, -4n], 3],
    ['two triples', [4n, 5n, -9n, 3n, 8n, -11n], 4],
  ])('%s', (_, nets, payments) => {
    expect(proposeNetting(named(nets)).payments).toHaveLength(payments);
    expect(cleared(named(nets)).every((net) => net === 0n)).toBe(true);
  });

  const anyNets = (max: number) =>
    fc
      .array(fc.bigInt({ min: -9n, max: 9n }), { minLength: 1, maxLength: max })
      .map((nets) => [...nets, -nets.reduce((sum, net) => sum + net, 0n)]);

  test('whatever the positions: they are cleared by the fewest payments', () => {
    fc.assert(
      fc.property(anyNets(6), (nets) => {
        const { payments, method } = proposeNetting(named(nets));
        expect(method).toBe('exact');
        expect(cleared(named(nets)).every((net) => net === 0n)).toBe(true);
        expect(payments).toHaveLength(nets.filter((net) => net !== 0n).length - mostGroups(nets));
      }),
    );
  });

  test('many positions are cleared as well, by fewer payments than there are providers, and so it says', () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), { minLength: 20, maxLength: 60 }),
        (drawn) => {
          const nets = [...drawn, -drawn.reduce((sum, net) => sum + net, 0n)];
          const open = nets.filter((net) => net !== 0n).length;
          const { payments, method } = proposeNetting(named(nets));
          expect(cleared(named(nets)).every((net) => net === 0n)).toBe(true);
          expect(payments.length).toBeLessThan(open);
          expect(method).toBe(open <= EXACT_PROVIDERS_MAX ? 'exact' : 'greedy');
        },
      ),
    );
  });

  test('the most that is looked at exactly takes no time to speak of', () => {
    const nets = Array.from({ length: EXACT_PROVIDERS_MAX - 1 }, (_, index) => 3n ** BigInt(index));
    const { payments, method } = proposeNetting(named([...nets, -nets.reduce((sum, net) => sum + net, 0n)]));
    expect([payments.length, method]).toEqual([EXACT_PROVIDERS_MAX - 1, 'exact']);
  });

  test('positions that do not add up are refused', () => {
    expect(() => proposeNetting(named([1n]))).toThrow(RangeError);
  });
});
