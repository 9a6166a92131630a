import {
  addMonths,
  bucketEndAt,
  bucketGrid,
  cutOffOf,
  nextPeriod,
  parseInstant,
  splitBytes,
} from '../../../src/period/index.js';

test.each<[() => unknown, string]>([
  [() => bucketEndAt(bucketGrid('2025-03', 'day', 'UTC'), 31), 'No bucket 31 of 31'],
  [() => cutOffOf('2025-03', -1, 'UTC'), 'Not a count of days: -1'],
  [() => nextPeriod('2025-13'), 'Not a period: "2025-13"'],
  [() => nextPeriod('9999-12'), 'Not within the periods 1970-01 to 9999-12: 10000-01'],
  [() => addMonths('1970-01', -12_000), 'Not within the periods 1970-01 to 9999-12: 0970-01'],
  [() => splitBytes(-1n, 0, 1000, []), 'Bytes cannot be negative'],
  [() => splitBytes(1n, 1000, 1000, []), 'An interval starts before it ends'],
  [() => splitBytes(1n, 0, 1000, [1000]), 'Cuts ascend strictly inside the interval'],
])('a refusal says what is wrong, case %#', (refused, message) => {
  expect(refused).toThrow(new RangeError(message));
});

test('the last instant and the longest text', () => {
  expect(parseInstant('9999-12-31T23:59:59.999Z')).toBe(Date.UTC(9999, 11, 31, 23, 59, 59, 999));
  const longest = `2025-03-01T00:00:00.${'0'.repeat(43)}Z`;
  expect(longest).toHaveLength(64);
  expect(parseInstant(longest)).toBe(Date.UTC(2025, 2, 1));
  expect(parseInstant(longest.replace('Z', '0Z'))).toBeNull();
});
