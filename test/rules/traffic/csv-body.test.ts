import fc from 'fast-check';
import { stringify } from 'csv-stringify/sync';
import { Problem } from '../../../src/platform/problems/index.js';
import { CsvBody } from '../../../src/traffic/intake/csv-body.js';
import { splitCsv } from '../../../src/traffic/intake/csv-fields.js';
import { NdjsonBody } from '../../../src/traffic/intake/ndjson-body.js';
import { recordOf } from '../../../src/traffic/intake/usage-classes.js';
import { readRecord } from '../../../src/traffic/rules/read-record.js';
import { partsOf } from '../../support/intake.js';

interface Found {
  line: number;
  /** The record, or pointers of what is wrong. */
  record: unknown;
  isScanned: boolean;
}

/** What a body gives its sink, whichever way each record went. */
function read(
  kind: 'csv' | 'ndjson',
  body: string | Uint8Array,
  lengths: readonly number[] = [1_000_000],
): Found[] {
  const found: Found[] = [];
  const sink = {
    scanned: (...[scanned, line]: [Parameters<typeof recordOf>[0], number]) => {
      found.push({ line, record: recordOf(scanned), isScanned: true });
    },
    value: (value: unknown, line: number) => {
      const record = readRecord(value);
      found.push({ line, record: Array.isArray(record) ? pointers(record) : record, isScanned: false });
    },
    refused: (mistakes: readonly { pointer: string }[], line: number) => {
      found.push({ line, record: pointers(mistakes), isScanned: false });
    },
  };
  const reader = kind === 'csv' ? new CsvBody(sink, 100_000) : new NdjsonBody(sink, 100_000);
  for (const part of partsOf(Buffer.from(body), lengths)) reader.write(Uint8Array.from(part));
  reader.end();
  return found;
}

const pointers = (mistakes: readonly { pointer: string }[]): string[] =>
  mistakes.map(({ pointer }) => pointer);

const HEADER = 'id,direction,start,end,bytes';
const INTERVAL = '2026-10-01T00:00:00Z,2026-10-01T01:00:00Z';
const row = (id: string): string => `${id},egress,${INTERVAL},5`;

describe('fields of a line', () => {
  test.each<[string, string[] | string]>([
    ['a,b,c', ['a', 'b', 'c']],
    ['', ['']],
    [',', ['', '']],
    ['a,,', ['a', '', '']],
    ['"a,b",c', ['a,b', 'c']],
    ['"a""b"', ['a"b']],
    ['"",""""', ['', '"']],
    ['"a\nb",c', ['a\nb', 'c']],
    [' "a"', 'has a quote inside a field that does not begin with one'],
    ['a"b', 'has a quote inside a field that does not begin with one'],
    ['"a"b', 'has text behind a closing quote'],
    ['"a" ,b', 'has text behind a closing quote'],
    ['"a', 'has a quote that is not closed'],
    ['x,"a""', 'has a quote that is not closed'],
  ])('%j', (line, expected) => {
    expect(splitCsv(line)).toEqual(expected);
  });

  test('come back from what another program wrote', () => {
    const anyField = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'a', ' ') }),
    );
    fc.assert(
      fc.property(fc.array(anyField, { minLength: 1 }), fc.boolean(), (fields, quoted) => {
        // A line end within a field is quoted; the writer looks for `\n` alone.
        const quoted_match = '\r';
        const line = stringify([fields], { quoted, quoted_match, record_delimiter: '\n' }).slice(0, -1);
        expect(splitCsv(line)).toEqual(fields);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('the header row', () => {
  const refusal = (body: string): string => {
    try {
      read('csv', body);
    } catch (error) {
      expect(error).toBeInstanceOf(Problem);
      const { code, extras } = error as Problem;
      expect(code).toBe('invalid_batch');
      return `${extras.errors![0]!.line} ${extras.errors![0]!.detail}`;
    }
    return 'none';
  };

  test.each([
    ['id,direction,start,end', '1 header row: it lacks bytes'],
    ['', 'none'],
    ['id', '1 header row: it lacks direction, start, end, bytes'],
    [`${HEADER},price`, '1 header row: "price" is no member of a record'],
    [`${HEADER},`, '1 header row: "" is no member of a record'],
    [`${HEADER},toString`, '1 header row: "toString" is no member of a record'],
    [`${HEADER},__proto__`, '1 header row: "__proto__" is no member of a record'],
    [`${HEADER},end`, '1 header row: end is there twice'],
    [`${HEADER},ID`, '1 header row: "ID" is no member of a record'],
    [`"id,direction`, '1 header row: it has a quote that is not closed'],
    [`\n\n${HEADER},price`, '3 header row: "price" is no member of a record'],
  ])('%j', (body, expected) => {
    expect(refusal(body)).toBe(expected);
  });

  test.each([
    ['as it is', HEADER],
    ['with spaces', 'id , direction, start,end,bytes'],
    ['with quotes', '"id","direction","start","end","bytes"'],
    ['behind a byte order mark', `\uFEFF${HEADER}`],
    ['with quotes behind a byte order mark', '\uFEFF"id","direction","start","end","bytes"'],
  ])('%s is read', (_, header) => {
    expect(read('csv', `${header}\n${row('r')}`)).toMatchObject([
      { line: 2, record: { id: 'r', bytes: 5n } },
    ]);
  });
});

test('lines of any kind keep their numbers, and odd ones are refused alone', () => {
  const body = [
    HEADER + ',customer\r',
    row('a') + ',\r',
    '',
    row('b') + ',"two\nlines"',
    row('c') + ',x,y',
    row('d'),
    `"e"e,${INTERVAL},5,`,
    row('"f"') + ',"say ""hi"", all"',
    row('g') + ', x',
    row('h') + ',x',
  ].join('\n');
  for (const length of [1, 7, 10_000]) {
    expect(
      read('csv', body, [length]).map(({ line, record, isScanned }) => [line, record, isScanned]),
    ).toEqual([
      [2, expect.objectContaining({ id: 'a', customer: null }), true],
      [4, ['/customer'], false],
      [6, [''], false],
      [7, [''], false],
      [8, [''], false],
      [9, expect.objectContaining({ id: 'f', customer: 'say "hi", all' }), false],
      [10, ['/customer'], false],
      [11, expect.objectContaining({ id: 'h', customer: 'x' }), true],
    ]);
  }
});

test('cells that are no record are refused as such, and other bytes than UTF-8 too', () => {
  const header = `${HEADER},revision,void`;
  const cells = [',1,true', ',,false', ',-1,', ',01,', ',1.0,', ',,TRUE', ',,0', ',4294967296,'];
  const found = read('csv', `${header}\n${cells.map((more) => row('r') + more).join('\n')}`);
  expect(found.map(({ record }) => record)).toEqual([
    expect.objectContaining({ revision: 1, void: true }),
    expect.objectContaining({ revision: 0, void: false }),
    ...[['/revision'], ['/revision'], ['/revision'], ['/void'], ['/void'], ['/revision']],
  ]);
  const bad = Buffer.concat([Buffer.from(`${HEADER}\n`), Buffer.from([0xff]), Buffer.from(`,${row('r')}`)]);
  expect(read('csv', bad)).toMatchObject([{ line: 2, record: [''] }]);
});

/** Mostly a plain value. */
const often = <T>(plain: fc.Arbitrary<T>, odd: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 9, arbitrary: plain }, { weight: 1, arbitrary: odd });

const anyText = often(
  fc.stringMatching(/^[!#-+.-~]{1,10}$/),
  fc.constantFrom('a,b', 'a"b', 'ü', '日本', 'a b', '"', ',', 'x'.repeat(128)),
);
const anyRecord = fc.record(
  {
    id: anyText,
    direction: often(fc.constantFrom('egress', 'ingress'), fc.constant('both')),
    start: often(
      fc.constantFrom('2026-10-01T00:00:00Z', '2026-10-01T00:00:00+02:00'),
      fc.constant('2026-02-29T00:00:00Z'),
    ),
    end: fc.constantFrom('2026-10-01T01:00:00Z', '2027-10-01T00:00:00Z'),
    bytes: often(
      fc.oneof(fc.nat().map(String), fc.bigInt(0n, 2n ** 63n).map(String)),
      fc.constantFrom('01', '1e3', 'x'),
    ),
    customer: anyText,
    service: anyText,
    chargedUnitPrice: often(fc.constantFrom('0.22', '0.220'), fc.constantFrom('-1', '.5')),
    revision: fc.nat(2 ** 31 - 1),
    void: fc.boolean(),
  },
  { requiredKeys: ['id', 'direction', 'start', 'end', 'bytes'] },
);
const COLUMNS = [
  ...['void', 'id', 'direction', 'service', 'start', 'end'],
  ...['customer', 'revision', 'bytes', 'chargedUnitPrice'],
];

const written = (records: readonly object[], more: object = {}): string =>
  stringify([...records], {
    columns: COLUMNS,
    header: true,
    cast: { boolean: String },
    ...more,
  });

test('records say the same in CSV as in NDJSON', () => {
  let scanned = 0;
  fc.assert(
    fc.property(
      fc.array(anyRecord, { minLength: 1 }),
      fc.boolean(),
      fc.boolean(),
      (records, quoted, isDos) => {
        const csv = written(records, { quoted, record_delimiter: isDos ? '\r\n' : '\n' });
        const ndjson = records.map((each) => JSON.stringify(each)).join('\n');
        const ofCsv = read('csv', csv);
        scanned += ofCsv.filter(({ isScanned }) => isScanned).length;
        expect(ofCsv.map(({ line, record }) => ({ line: line - 1, record }))).toEqual(
          read('ndjson', ndjson).map(({ line, record }) => ({ line, record })),
        );
      },
    ),
    { numRuns: 500 },
  );
  expect(scanned).toBeGreaterThan(100);
});

test('a broken body gives records, refusals or a problem, and nothing else', () => {
  const mutation = fc.record({
    at: fc.nat(),
    byte: fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('",\r\n'))),
  });
  fc.assert(
    fc.property(
      fc.array(anyRecord, { minLength: 1 }),
      fc.array(mutation, { maxLength: 8 }),
      fc.integer({ min: 1, max: 50 }),
      (records, mutations, length) => {
        const body = Buffer.from(written(records));
        for (const { at, byte } of mutations) body[at % body.length] = byte;
        try {
          for (const { line } of read('csv', body, [length])) expect(line).toBeGreaterThan(1);
        } catch (error) {
          expect(error).toBeInstanceOf(Problem);
        }
      },
    ),
    { numRuns: 1_000 },
  );
});
