import {
  allocate,
  currencyExponent,
  isDecimal,
  parseAmount,
  parseDecimal,
  rational,
  unitBytes,
} from '../../../src/money/index.js';

test.each<[() => unknown, string]>([
  [() => allocate(-1n, [1n]), 'Only a total of at least 0 can be shared'],
  [() => allocate(1n, [2n, -1n]), 'A weight cannot be negative'],
  [() => allocate(1n, [0n]), 'Nothing to share in proportion to: every weight is 0'],
  [() => parseAmount('1.005', 'USD'), 'Not an amount of USD with at most 2 decimals: "1.005"'],
  [() => currencyExponent('usd'), 'Not a currency: "usd"'],
  [() => rational(1n, 0n), 'A rational needs a denominator other than 0'],
  [() => parseDecimal('1e3'), 'Not a decimal: "1e3"'],
  [() => unitBytes('MB' as 'GB'), 'Not a unit of traffic: "MB"'],
])('a refusal says what is wrong, case %#', (refused, message) => {
  expect(refused).toThrow(new RangeError(message));
});

test('a refusal shows no more than the start of a hostile text', () => {
  const text = 'x'.repeat(10_000);
  expect(() => parseDecimal(text)).toThrow(`"${'x'.repeat(80)}"`);
  expect(() => parseAmount(text, 'USD')).toThrow(`"${'x'.repeat(80)}"`);
});

test('the longest decimal there is: a sign, 30 digits, a point and all decimals', () => {
  const longest = `-${'9'.repeat(30)}.${'1'.repeat(12)}`;
  expect(isDecimal(longest, { allowNegative: true })).toBe(true);
  expect(isDecimal(`${longest}1`, { allowNegative: true })).toBe(false);
});

test('largest remainders are found among hundreds of shares', () => {
  // Remainders rise with the index, so the last ones are rounded up.
  const weights = Array.from({ length: 400 }, (_, i) => 1000n + BigInt(i));
  const whole = weights.reduce((sum, weight) => sum + weight, 0n);
  for (const total of [199n, whole - 1n, 2n ** 70n + 7n]) {
    const parts = allocate(total, weights);
    const exact = weights.map((weight) => ({
      part: (total * weight) / whole,
      rest: (total * weight) % whole,
    }));
    let left = total - exact.reduce((sum, { part }) => sum + part, 0n);
    // Selection one by one, the first of the largest each time.
    const expected = exact.map(({ part }) => part);
    const rests = exact.map(({ rest }) => rest);
    for (; left > 0n; left -= 1n) {
      let best = 0;
      for (let i = 1; i < rests.length; i += 1) if (rests[i]! > rests[best]!) best = i;
      expected[best] = expected[best]! + 1n;
      rests[best] = -1n;
    }
    expect(parts).toEqual(expected);
  }
});
