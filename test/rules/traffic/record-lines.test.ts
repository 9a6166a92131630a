import fc from 'fast-check';
import { RecordLines } from '../../../src/traffic/intake/record-lines.js';
import { partsOf } from '../../support/intake.js';

type Line = [text: string, number: number];

const MAX = 12;

/** Lines of a body that comes in parts of these lengths, or the code of what is wrong with it. */
function lines(body: string, lengths: readonly number[], isQuoted = false): (Line | string)[] {
  const found: (Line | string)[] = [];
  const reader = new RecordLines(
    (source, from, to, line) => {
      found.push([Buffer.from(source.subarray(from, to)).toString('latin1'), line]);
    },
    MAX,
    isQuoted,
  );
  try {
    for (const part of partsOf(Buffer.from(body, 'latin1'), lengths)) {
      const lent = Uint8Array.from(part);
      reader.write(lent);
      // The memory goes back as soon as it is read.
      lent.fill(0x7a);
    }
    reader.end();
  } catch (error) {
    found.push((error as { code: string; detail: string }).code + (error as { detail: string }).detail);
  }
  return found;
}

const anyBody = fc
  .array(fc.constantFrom('a', 'b', ' ', '\t', '"', '\n', '\n', '\r\n', '\r', 'cdefg'), { maxLength: 40 })
  .map((pieces) => pieces.join(''));
const anyLengths = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 });

test.each([false, true])('however a body is cut, it has the same lines; quoted: %s', (isQuoted) => {
  fc.assert(
    fc.property(anyBody, anyLengths, (body, lengths) => {
      expect(lines(body, lengths, isQuoted)).toEqual(lines(body, [1_000], isQuoted));
    }),
    { numRuns: 1_500 },
  );
});

test('lines are what stands between line ends, without the empty ones', () => {
  fc.assert(
    fc.property(anyBody, (body) => {
      const all = body.split('\n').map((text, n): Line => [text, n + 1]);
      const isLong = all.some(([text]) => text.length > MAX);
      fc.pre(!isLong);
      const expected = all
        .map(([text, n]): Line => [text.replace(/\r$/, ''), n])
        .filter(([text]) => !/^[ \t]*$/.test(text));
      expect(lines(body, [1_000])).toEqual(expected);
    }),
    { numRuns: 1_500 },
  );
});

test('between quotes a line end ends nothing, and is counted', () => {
  const body = 'a\n"b\nc",d\r\n\n"e""\n\n",f\ng';
  const expected = [
    ['a', 1],
    ['"b\nc",d', 2],
    ['"e""\n\n",f', 5],
    ['g', 8],
  ];
  for (const length of [1, 2, 3, 5, 100]) expect(lines(body, [length], true)).toEqual(expected);
  expect(lines('"a\nb', [2], true)).toEqual([['"a\nb', 1]]);
});

test('a record has its limit, and the line says which one is larger', () => {
  const most = 'x'.repeat(MAX);
  expect(lines(`${most}\n${most}`, [5])).toEqual([
    [most, 1],
    [most, 2],
  ]);
  for (const body of [`a\n${most}y\nb`, `a\n${most}y`, `a\n${most}yyyyyyyy`, `a\n${' '.repeat(MAX + 1)}\n`]) {
    for (const length of [1, 7, 100]) {
      const [, failure, ...more] = lines(body, [length]);
      expect(failure).toMatch(/^record_too_large.*\b12 bytes.*\bline 2\b/);
      expect(more).toEqual([]);
    }
  }
});
