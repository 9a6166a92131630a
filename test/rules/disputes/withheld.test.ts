import fc from 'fast-check';
import { amountForBytes, contestedAmount } from '../../../src/disputes/rules/line-claim.js';
import {
  withheldByDispute,
  withheldChanges,
  withheldOfLine,
  type LineClaim,
} from '../../../src/disputes/rules/withheld.js';

describe('what a claim contests of a charge', () => {
  test.each<[string, bigint, bigint, bigint]>([
    ['less than was charged', 100n, 60n, 40n],
    ['nothing at all', 100n, 0n, 100n],
    ['that the other owed', 100n, -20n, 100n],
    ['the charge', 100n, 100n, 0n],
    ['more than was charged', 100n, 130n, 0n],
    ['more than the nothing that was charged', 0n, 10n, 0n],
    ['less given back than was', -100n, -60n, 40n],
    ['nothing given back', -100n, 0n, 100n],
    ['a charge instead of a gift', -100n, 20n, 100n],
    ['more given back', -100n, -130n, 0n],
  ])('%s: of %s, when %s is claimed, %s', (_, charged, claimed, contested) => {
    expect(contestedAmount(charged, claimed)).toBe(contested);
  });

  test('is the difference, but neither below 0 nor above the charge, and the same with all signs turned', () => {
    const amount = fc.bigInt(-(10n ** 12n), 10n ** 12n);
    fc.assert(
      fc.property(amount, amount, (charged, claimed) => {
        const contested = contestedAmount(charged, claimed);
        expect(contested).toBe(contestedAmount(-charged, -claimed));
        const size = charged < 0n ? -charged : charged;
        expect(contested >= 0n && contested <= size).toBe(true);
        if (charged >= 0n && claimed >= 0n && claimed <= charged) expect(contested).toBe(charged - claimed);
      }),
    );
  });
});

describe('bytes claimed for a line', () => {
  const line = { kind: 'usage', bytes: '7000', unit: 'GB', unitPrice: '0.05', amount: 1n };
  test('come to an amount at the price of the line, rounded once', () => {
    expect(amountForBytes(line, 300_000_000_000n, 'USD')).toBe(1500n);
    expect(amountForBytes({ ...line, unitPrice: '0.005' }, 1_000_000_000n, 'USD')).toBe(1n);
    expect(amountForBytes({ ...line, unit: 'GiB' }, 2n ** 30n, 'JPY')).toBe(0n);
  });
  test.each([{ bytes: null }, { unit: 'Mbps' }, { unit: 'flat' }, { kind: 'adjustment' }])(
    'mean nothing for %j',
    (change) => expect(amountForBytes({ ...line, ...change }, 1n, 'USD')).toBeNull(),
  );
});

type Part = Pick<LineClaim, 'contested' | 'about'>;
const line = (contested: bigint): Part => ({ about: 'line', contested });
const bucket = (contested: bigint): Part => ({ about: 'bucket', contested });

describe('what is withheld of a line', () => {
  test.each<[string, bigint, Part[], bigint]>([
    ['nothing without a dispute', 100n, [], 0n],
    ['what a dispute contests', 100n, [line(40n)], 40n],
    ['the same money once', 100n, [line(40n), line(40n)], 40n],
    ['the larger of two claims about the line', 100n, [line(30n), line(40n)], 40n],
    ['different bytes together', 100n, [bucket(30n), bucket(20n)], 50n],
    ['buckets as a part of the line', 100n, [line(40n), bucket(30n)], 40n],
    ['buckets beyond a claim about the line', 100n, [bucket(30n), line(40n), bucket(20n)], 50n],
    ['no more than was charged', 100n, [bucket(60n), bucket(60n)], 100n],
    ['of a negative charge the same', -100n, [line(40n)], 40n],
  ])('is %s', (_, charged, claims, withheld) => {
    expect(withheldOfLine(charged, claims)).toBe(withheld);
  });
});

describe('what a dispute withholds by itself', () => {
  const of = (disputeId: string, part: Part): LineClaim => ({
    disputeId,
    lineId: 'l',
    charged: 100n,
    ...part,
  });

  test('is what it adds to those before it', () => {
    const all = [of('a', line(40n)), of('b', line(50n)), of('c', bucket(60n)), of('d', line(10n))];
    expect([...withheldByDispute(all)]).toEqual([
      ['a', 40n],
      ['b', 10n],
      ['c', 10n],
      ['d', 0n],
    ]);
  });

  test('is of all its lines together', () => {
    const two = [of('a', line(40n)), { ...of('a', line(5n)), lineId: 'm' }];
    expect([...withheldByDispute(two)]).toEqual([['a', 45n]]);
  });

  test('moves nothing where another keeps it withheld', () => {
    const [a, b] = [of('a', line(40n)), of('b', line(40n))];
    expect(withheldChanges([a], [a, b])).toEqual([]);
    expect(withheldChanges([a, b], [b])).toEqual([]);
    expect(withheldChanges([b], [])).toEqual([{ lineId: 'l', amount: -40n }]);
  });
});

const claims = fc
  .array(
    fc.record({
      lineId: fc.constantFrom('l1', 'l2', 'l3'),
      about: fc.constantFrom('line' as const, 'bucket' as const),
      share: fc.nat(1000),
    }),
    { maxLength: 8 },
  )
  .map((all) =>
    all.map(({ lineId, about, share }, index): LineClaim => {
      const charged = lineId === 'l3' ? -700n : 1000n;
      const size = charged < 0n ? -charged : charged;
      const contested = (size * BigInt(share)) / 1000n || 1n;
      return { disputeId: `d${index}`, lineId, charged, contested, about };
    }),
  );

const sum = (amounts: Iterable<bigint>) => [...amounts].reduce((a, b) => a + b, 0n);
const ofLine = (all: readonly LineClaim[], lineId: string) => {
  const own = all.filter((claim) => claim.lineId === lineId);
  return own.length === 0 ? 0n : withheldOfLine(own[0]!.charged, own);
};
const LINES = ['l1', 'l2', 'l3'];

describe('whatever is disputed', () => {
  test('the parts of the disputes add up to what is withheld of the lines, and none is negative', () => {
    fc.assert(
      fc.property(claims, (all) => {
        const parts = [...withheldByDispute(all).values()];
        expect(sum(parts)).toBe(sum(LINES.map((id) => ofLine(all, id))));
        expect(parts.every((part) => part >= 0n)).toBe(true);
      }),
    );
  });

  test('all that is posted as disputes come and go is what is withheld at each time, and in the end nothing', () => {
    const play = fc.tuple(claims, fc.array(fc.nat(7), { maxLength: 20 }));
    fc.assert(
      fc.property(play, ([all, order]) => {
        const posted = new Map<string, bigint>(LINES.map((id) => [id, 0n]));
        let open: LineClaim[] = [];
        const move = (next: LineClaim[]): void => {
          for (const { lineId, amount } of withheldChanges(open, next)) {
            posted.set(lineId, posted.get(lineId)! + amount);
          }
          open = next;
          for (const id of LINES) {
            expect(posted.get(id)).toBe((id === 'l3' ? -1n : 1n) * ofLine(open, id));
          }
        };
        for (const at of order) {
          const claim = all[at];
          if (!claim) continue;
          move(open.includes(claim) ? open.filter((each) => each !== claim) : [...open, claim]);
        }
        move([]);
        expect(sum(posted.values())).toBe(0n);
      }),
    );
  });
});
