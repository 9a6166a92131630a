import fc from 'fast-check';
import { CountedSums } from '../../../src/traffic/intake/counted-sums.js';
import { TextTable } from '../../../src/traffic/intake/text-table.js';

function numberOf(table: TextTable, text: string, at = 3): number {
  const bytes = Buffer.concat([Buffer.alloc(at, 0x78), Buffer.from(text, 'latin1'), Buffer.from('yz')]);
  return table.numberOf(bytes, at, at + text.length);
}

test('a text has one number, as in a map', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 3 }), { maxLength: 60 }), fc.nat(5), (texts, at) => {
      const table = new TextTable();
      const numbers = new Map<string, number>();
      for (const text of texts) {
        if (!numbers.has(text)) numbers.set(text, numbers.size);
        expect(numberOf(table, text, at)).toBe(numbers.get(text));
      }
      expect(table.size).toBe(numbers.size);
      expect(table.texts).toEqual([...numbers.keys()]);
    }),
    { numRuns: 300 },
  );
});

test('numbers stay as the table grows', () => {
  const table = new TextTable();
  const texts = Array.from({ length: 50_000 }, (_, n) => `${'t'.repeat(n % 120)}${n}`);
  const wrong = texts.filter((text, n) => numberOf(table, text) !== n);
  expect(wrong).toEqual([]);
  expect(texts.filter((text, n) => numberOf(table, text) !== n)).toEqual([]);
  expect(table.size).toBe(50_000);
});

test('sums are those of whole numbers without a limit, and grow', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(2_500), fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })), {
        minLength: 1,
        maxLength: 300,
      }),
      (added) => {
        const sums = new CountedSums<{ n: number }>();
        const expected = new Map<number, { n: number; bytes: bigint; records: number }>();
        // Opened and never counted.
        for (let n = 0; n < 1_500; n += 1) sums.open(n * 2 ** 30, { n });
        for (const [n, bytes] of added) {
          const number = n * 2 ** 30;
          const found = sums.find(number);
          sums.add(found < 0 ? sums.open(number, { n }) : found, bytes);
          const before = expected.get(n) ?? { n, bytes: 0n, records: 0 };
          expected.set(n, { n, bytes: before.bytes + BigInt(bytes), records: before.records + 1 });
        }
        const byN = (a: { n: number }, b: { n: number }): number => a.n - b.n;
        expect([...sums.totals()].sort(byN)).toEqual([...expected.values()].sort(byN));
      },
    ),
    { numRuns: 100 },
  );
});
