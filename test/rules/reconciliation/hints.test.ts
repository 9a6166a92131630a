import { duplicateSuspects, shiftSuspects } from '../../../src/reconciliation/rules/suspicions.js';
import { compared, rules, type Pair } from './support.js';

const shifts = (pairs: readonly Pair[], minutes = 60, terms = rules()): number =>
  shiftSuspects(compared(pairs, { minutes, terms }), terms).length;

test('a bucket within tolerance ends a run, as an exact one does', () => {
  const run: Pair[] = [
    [1_000, 9_900],
    [2_000, 1_000],
    [3_000, 2_000],
  ];
  expect(shifts(run)).toBe(1);
  const [first, ...others] = run;
  expect(shifts([first!, [1_000_000, 999_999], ...others])).toBe(0);
  expect(shifts([...run, [1_000_000, 999_999]])).toBe(1);
});

test('a shift by an hour needs more of the run to overlap than one bucket', () => {
  // In quarters of an hour: nothing overlaps after four, and one pair alone agrees by chance.
  const three: Pair[] = [
    [1_000, 5_000],
    [2_000, 7_000],
    [3_000, 9_000],
  ];
  expect(shifts(three, 15)).toBe(0);
  const five: Pair[] = [...three, [4_000, 11_000], [5_500, 1_000]];
  expect(shifts(five, 15)).toBe(0);
  expect(shifts([...five, [6_500, 2_000]], 15)).toBe(1);
});

test.each<[string, number, boolean]>([
  ['less than half of the smaller side', 499, true],
  ['half of it', 500, false],
  ['more than half of it', 600, false],
])('with a tolerance of %s', (_name, absoluteBytes, suspected) => {
  const terms = rules({ absoluteBytes: String(absoluteBytes), ppm: 0 });
  // 2,501 is 499 short of three times 1,000, and 2,500 is 500 short.
  const received = absoluteBytes < 500 ? 2_501 : 2_500;
  expect(duplicateSuspects(compared([[1_000, received]], { terms }), terms)).toHaveLength(suspected ? 1 : 0);
});
