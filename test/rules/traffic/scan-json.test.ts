import fc from 'fast-check';
import { parseJson } from '../../../src/platform/json/index.js';
import { scanJson } from '../../../src/traffic/intake/scan-json.js';
import { ScannedRecord } from '../../../src/traffic/intake/scanned-record.js';
import { recordOf } from '../../../src/traffic/intake/usage-classes.js';
import { readRecord } from '../../../src/traffic/rules/read-record.js';
import type { TrafficRecord } from '../../../src/traffic/rules/traffic-record.js';

const scanned = new ScannedRecord();

/** The record that a line is scanned as, or null. What stands around the line must not matter. */
function scan(line: Uint8Array): TrafficRecord | null {
  const around = Buffer.concat([Buffer.from('"x":1}'), line, Buffer.from('\n{"id":"next"}')]);
  const isPlain = scanJson(around, 6, 6 + line.length, scanned);
  return isPlain ? recordOf(scanned) : null;
}

/** The record that a line is read as the long way, or null. */
function read(line: Uint8Array): TrafficRecord | null {
  try {
    const record = readRecord(parseJson(Buffer.from(line)));
    return Array.isArray(record) ? null : record;
  } catch {
    return null;
  }
}

/** Holds a line to the rule: scanned means taken, as just that record. True when it was scanned. */
function isScannedRight(line: Uint8Array): boolean {
  const record = scan(line);
  if (record) expect(record).toStrictEqual(read(line));
  return record !== null;
}

const quote = (text: string): string => JSON.stringify(text);

const anyDigits = fc.oneof(
  fc.bigInt(0n, 2n ** 64n).map(String),
  fc.constantFrom('0', '00', '01', '-0', '-1', '1.0', '1e3', '999999999999999', '1000000000000000'),
  fc.constantFrom('9007199254740991', '9007199254740992', '9223372036854775807', '9223372036854775808'),
);

const anyDate = fc
  .record({
    year: fc.oneof(fc.integer({ min: 1969, max: 2101 }), fc.constantFrom(1900, 2000, 2100, 2400, 9999)),
    month: fc.integer({ min: 0, max: 13 }),
    day: fc.oneof(fc.integer({ min: 1, max: 28 }), fc.constantFrom(0, 29, 30, 31, 32)),
    hour: fc.integer({ min: 0, max: 24 }),
    minute: fc.constantFrom(0, 1, 59, 60),
    second: fc.constantFrom(0, 59, 60),
    fraction: fc.constantFrom('', '', '', '.0', '.000', '.5', '.0000001', '.'),
    offset: fc.constantFrom(
      'Z',
      'Z',
      'Z',
      'z',
      '+00:00',
      '-00:00',
      '+05:30',
      '-11:00',
      '+24:00',
      '',
      '+0530',
    ),
    T: fc.constantFrom('T', 'T', 'T', 't', ' ', '_'),
  })
  .map(({ year, month, day, hour, minute, second, fraction, offset, T }) => {
    const two = (number: number): string => String(number).padStart(2, '0');
    return `${year}-${two(month)}-${two(day)}${T}${two(hour)}:${two(minute)}:${two(second)}${fraction}${offset}`;
  });

const anyOddText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 5 }),
  fc.string({ minLength: 120, maxLength: 140 }),
  fc.constantFrom('', ' a', 'a ', 'a b', 'é', '\u2028', '\ud800', '\u0000', '\\', '"', '~', '\u007f', 'null'),
);

/** JSON texts of a member: right ones first, then odd ones. */
const VALUES = {
  id: fc.oneof(
    fc.string({ minLength: 1, maxLength: 8 }).map(quote),
    anyOddText.map(quote),
    fc.constant('null'),
  ),
  direction: fc.constantFrom('"egress"', '"ingress"', '"egress"', '"ingress"', '"Egress"', '"both"', 'null'),
  start: fc.oneof(anyDate.map(quote), fc.constant('"2026-02-28T23:59:59Z"')),
  end: fc.oneof(anyDate.map(quote), fc.constant('"2028-02-29T00:00:00Z"')),
  bytes: fc.oneof(anyDigits, anyDigits.map(quote), fc.constantFrom('null', 'true', '""', '{}', '[1]')),
  sourceRegion: fc.oneof(anyOddText.map(quote), fc.constantFrom('"eu"', 'null', '7', 'nul')),
  destinationRegion: fc.constantFrom('"us"', 'null', 'false', '{}'),
  service: fc.oneof(fc.constantFrom('"cdn"', '"\\u0063dn"', '"c\\/n"'), anyOddText.map(quote)),
  customer: fc.oneof(anyOddText.map(quote), fc.constantFrom('"acme"', 'null')),
  chargedUnitPrice: fc.oneof(
    fc.constantFrom('"0.22"', '"0.220"', '"00.2"', '"-1"', '"1e3"', '0.22', 'null', '" 1"', '"."', '"1."'),
    fc.string({ unit: fc.constantFrom('0', '1', '.'), maxLength: 50 }).map(quote),
  ),
  revision: fc.oneof(
    fc.constantFrom(
      '0',
      '1',
      '999999999',
      '1000000000',
      '2147483647',
      '2147483648',
      '-1',
      '"1"',
      '01',
      'null',
    ),
    anyDigits,
  ),
  void: fc.constantFrom('false', 'true', '"false"', 'null', '0', 'fals', 'falsey'),
  vold: fc.constantFrom('false'),
  '': fc.constantFrom('1'),
} as const;
const REQUIRED = ['id', 'direction', 'start', 'end', 'bytes'] as const;
type Name = keyof typeof VALUES;
const OPTIONAL = (Object.keys(VALUES) as Name[]).filter(
  (name) => !(REQUIRED as readonly Name[]).includes(name),
);

/** A good value of each member. */
const GOOD: Record<(typeof REQUIRED)[number], string> = {
  id: '"r-1"',
  direction: '"egress"',
  start: '"2026-10-01T00:00:00Z"',
  end: '"2026-10-01T01:00:00Z"',
  bytes: '"5"',
};

/** One line in eight has it. */
const rarely = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: 7, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: value });

const anySpace = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom('', ' ', '  ') },
  { weight: 1, arbitrary: fc.constantFrom('\t', '\r') },
);

/** Lines that are records but for a few members, in any order and with spaces anywhere. */
const anyLine = fc
  .record({
    odd: fc.oneof(fc.constant([]), fc.subarray([...REQUIRED], { maxLength: 2 })),
    more: fc.subarray(OPTIONAL, { maxLength: 3 }),
    twice: rarely(fc.constantFrom<Name>('id', 'bytes', 'service')),
    left: rarely(fc.constantFrom<Name>(...REQUIRED)),
    seed: fc.nat(),
  })
  .chain(({ odd, more, twice, left, seed }) => {
    const names: Name[] = [...REQUIRED.filter((name) => name !== left), ...more, ...(twice ? [twice] : [])];
    const isGood = (name: Name): name is (typeof REQUIRED)[number] =>
      name in GOOD && !(odd as Name[]).includes(name);
    const members = names.map((name) =>
      fc.tuple(
        fc.constant(quote(name)),
        isGood(name) ? fc.constant(GOOD[name]) : VALUES[name],
        anySpace,
        anySpace,
      ),
    );
    return fc
      .tuple(
        fc.tuple(...members),
        fc.shuffledSubarray(
          names.map((_, n) => n),
          { minLength: names.length },
        ),
      )
      .map(([texts, order]) => {
        const written = order.map((n) => {
          const [name, value, before, after] = texts[n]!;
          return `${before}${name}${after}:${before}${value}${after}`;
        });
        const end = seed % 12 === 0 ? '}}' : seed % 13 === 0 ? ',}' : '}';
        return Buffer.from(`${' '.repeat(seed % 3)}{${written.join(',')}${end}${' '.repeat(seed % 2)}`);
      });
  });

test('whatever is scanned is a record, and the same as the long way', () => {
  let scannedLines = 0;
  let readLines = 0;
  fc.assert(
    fc.property(anyLine, (line) => {
      if (isScannedRight(line)) scannedLines += 1;
      if (read(line)) readLines += 1;
    }),
    { numRuns: 6_000 },
  );
  // Not vacuous: a good part of the lines are records, and most of those are scanned.
  expect(readLines).toBeGreaterThan(1_000);
  expect(scannedLines).toBeGreaterThan(readLines / 2);
});

test('so is a line that was cut or whose bytes were changed', () => {
  const line = fc.constantFrom(
    '{"id":"r-1","direction":"ingress","start":"2026-02-28T00:00:00Z","end":"2026-03-01T01:00:00Z","bytes":"12345"}',
    '{"bytes":12,"revision":3,"void":false,"customer":"acme","chargedUnitPrice":"0.22","id":"a b",' +
      '"start":"2099-12-31T23:59:59Z","end":"2100-01-01T00:00:00Z","direction":"egress","service":null}',
  );
  const mutation = fc.record({
    at: fc.nat(),
    byte: fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('"\\{}:, 01234567890129abcxyz-TZ'))),
  });
  let changed = 0;
  fc.assert(
    fc.property(line, fc.array(mutation, { maxLength: 3 }), rarely(fc.nat()), (text, mutations, cut) => {
      const bytes = Buffer.from(text);
      for (const { at, byte } of mutations) bytes[at % bytes.length] = byte;
      const isWhole = cut === null;
      if (isScannedRight(isWhole ? bytes : bytes.subarray(0, cut % bytes.length)) && mutations.length > 0)
        changed += 1;
    }),
    { numRuns: 10_000 },
  );
  expect(changed).toBeGreaterThan(100);
});

describe('plain records are scanned', () => {
  const plain = fc.record(
    {
      id: fc.stringMatching(/^[!-~]([ -~]{0,126}[!-~])?$/).filter((text) => !/["\\]/.test(text)),
      direction: fc.constantFrom('egress', 'ingress'),
      start: fc.integer({ min: 0, max: Date.UTC(2099, 0) / 1_000 }),
      length: fc.integer({ min: 1, max: 2_678_400 }),
      bytes: fc.oneof(fc.nat(), fc.integer({ min: 0, max: 999_999_999_999_999 })),
      revision: fc.nat(999_999_999),
      void: fc.constant(false),
      service: fc.constantFrom('cdn', null),
      customer: fc.stringMatching(/^[a-z0-9-]{1,128}$/),
      chargedUnitPrice: fc.stringMatching(/^(0|[1-9]\d{0,5})(\.\d{1,12})?$/),
    },
    { requiredKeys: ['id', 'direction', 'start', 'length', 'bytes'] },
  );

  test.each([false, true])('bytes as a text: %s', (isText) => {
    fc.assert(
      fc.property(plain, fc.integer(), ({ start, length, bytes, ...rest }, order) => {
        const instant = (seconds: number): string =>
          new Date(seconds * 1_000).toISOString().replace('.000', '');
        const record = {
          ...rest,
          start: instant(start),
          end: instant(start + length),
          bytes: isText ? String(bytes) : bytes,
        };
        const members = Object.entries(record);
        const turn = Math.abs(order) % members.length;
        const turned = Object.fromEntries([...members.slice(turn), ...members.slice(0, turn)]);
        expect(isScannedRight(Buffer.from(JSON.stringify(turned)))).toBe(true);
        expect(isScannedRight(Buffer.from(JSON.stringify(turned, null, ' ').replaceAll('\n', ' ')))).toBe(
          true,
        );
      }),
      { numRuns: 500 },
    );
  });

  test('days are those of the calendar, with those that are none left to the long way', () => {
    for (let year = 1999; year <= 2101; year += 1) {
      for (const [month, day] of [
        [2, 28],
        [2, 29],
        [2, 30],
        [4, 30],
        [4, 31],
        [12, 31],
        [1, 0],
        [13, 1],
      ] as const) {
        const date = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
        const members = { ...GOOD, start: `"${date}T00:00:00Z"`, end: `"${date}T00:00:01Z"` };
        const line = `{${Object.entries(members)
          .map(([name, value]) => `"${name}":${value}`)
          .join(',')}}`;
        const isDay =
          !Number.isNaN(Date.parse(`${date}T00:00:00Z`)) &&
          new Date(`${date}T00:00:00Z`).toISOString().startsWith(date);
        expect([date, isScannedRight(Buffer.from(line))]).toEqual([date, isDay]);
      }
    }
  });
});

const lineWith = (more: object): Buffer =>
  Buffer.from(
    `{${Object.entries({ ...GOOD, ...more })
      .map(([name, value]) => `"${name}":${value}`)
      .join(',')}}`,
  );

test.each([
  ['an escape', { id: '"r\\u002d1"' }],
  ['letters beyond ASCII', { id: '"é"' }],
  ['more bytes than a double holds', { bytes: '"1000000000000000"' }],
  ['void', { void: 'true' }],
  ['a revision of ten digits', { revision: '2147483647' }],
  ['a tab', { id: '\t"r-1"' }],
])('%s is left to the long way, which takes it', (_name, more) => {
  expect(scan(lineWith(more))).toBeNull();
  expect(read(lineWith(more))).not.toBeNull();
});

test.each([
  ['a fraction of a second', { start: '"2026-10-01T00:00:00.5Z"' }],
  ['a text of 129 characters', { id: `"${'i'.repeat(129)}"` }],
  ['an end that is the start', { end: GOOD.start }],
  ['a space at an end', { service: '"cdn "' }],
  ['a text for a truth value', { void: '"false"' }],
  ['leading zeros', { bytes: '"05"' }],
])('%s is taken by neither', (_name, more) => {
  expect(scan(lineWith(more))).toBeNull();
  expect(read(lineWith(more))).toBeNull();
});
