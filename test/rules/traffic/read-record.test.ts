import fc from 'fast-check';
import { parseJson } from '../../../src/platform/json/index.js';
import { readRecord } from '../../../src/traffic/rules/read-record.js';
import type { TrafficRecord } from '../../../src/traffic/rules/traffic-record.js';

const LEAST = {
  id: 'r-1',
  direction: 'egress',
  start: '2026-10-01T00:00:00Z',
  end: '2026-10-01T01:00:00Z',
  bytes: '5',
};

/** The record, or the test fails. */
function read(more: object): TrafficRecord {
  const record = readRecord({ ...LEAST, ...more });
  if (Array.isArray(record)) throw new Error(JSON.stringify(record));
  return record;
}

/** Pointers of what is wrong; none when nothing is. */
function wrong(more: object): string[] {
  const result = readRecord({ ...LEAST, ...more });
  return Array.isArray(result) ? result.map(({ pointer }) => pointer) : [];
}

/** The same of a record as it came over the wire. */
function wrongInText(text: string): string[] {
  const result = readRecord(parseJson(Buffer.from(text)));
  return Array.isArray(result) ? result.map(({ pointer }) => pointer) : [];
}

test('a record with the least and one with all members', () => {
  expect(read({})).toStrictEqual({
    id: 'r-1',
    revision: 0,
    direction: 'egress',
    start: Date.UTC(2026, 9, 1),
    end: Date.UTC(2026, 9, 1, 1),
    bytes: 5n,
    sourceRegion: null,
    destinationRegion: null,
    service: null,
    customer: null,
    chargedUnitPrice: null,
    void: false,
  });
  const all = {
    id: 'r-2',
    revision: 7,
    direction: 'ingress',
    start: '2026-10-01T02:00:00+02:00',
    end: '2026-09-30T19:00:01-05:00',
    bytes: 12,
    sourceRegion: 'eu',
    destinationRegion: 'us',
    service: 'cdn',
    customer: 'acme',
    chargedUnitPrice: '0.220',
    void: true,
  };
  expect(readRecord(all)).toStrictEqual({
    ...all,
    start: Date.UTC(2026, 9, 1),
    end: Date.UTC(2026, 9, 1, 0, 0, 1),
    bytes: 12n,
  });
});

test.each([
  ['a text', 'r-1'],
  ['a number', 5],
  ['nothing', null],
  ['nothing at all', undefined],
  ['a truth value', true],
  ['a list', [LEAST]],
])('%s is no record', (_name, value) => {
  expect(readRecord(value)).toEqual([{ pointer: '', code: 'invalid_record', detail: 'use a JSON object' }]);
});

test.each(['1.5', '1e3', '9007199254740993', '-0'])('the number %s is no record', (text) => {
  expect(wrongInText(text)).toEqual(['']);
});

describe('bytes', () => {
  test.each<[unknown, bigint]>([
    ['0', 0n],
    [0, 0n],
    [Number.MAX_SAFE_INTEGER, 2n ** 53n - 1n],
    ['9007199254740993', 2n ** 53n + 1n],
    ['9223372036854775807', 2n ** 63n - 1n],
  ])('%p', (bytes, expected) => {
    expect(read({ bytes }).bytes).toBe(expected);
  });

  test.each<[unknown]>([
    ['9223372036854775808'],
    ['9999999999999999999'],
    ['10000000000000000000'],
    [2 ** 53],
    [1.5],
    [-1],
    ['-1'],
    ['1.0'],
    ['1e3'],
    ['+1'],
    ['01'],
    ['00'],
    [''],
    [' 1'],
    ['1 '],
    ['1\n'],
    ['0x10'],
    ['1_000'],
    ['١٢'],
    [NaN],
    [Infinity],
    [true],
    [null],
    [undefined],
    [{}],
    [['1']],
    [5n],
  ])('not %p', (bytes) => {
    expect(wrong({ bytes })).toEqual(['/bytes']);
  });

  test.each(['9007199254740992', '9007199254740993', '5.0', '1e3', '-0', '1.5'])(
    'not the number %s on the wire, which JavaScript would change',
    (number) => {
      const text = JSON.stringify(LEAST).replace('"5"', number);
      expect(wrongInText(text)).toEqual(['/bytes']);
    },
  );

  test('are never rounded', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 63n - 1n), (bytes) => {
        expect(read({ bytes: String(bytes) }).bytes).toBe(bytes);
        if (bytes <= 2n ** 53n - 1n) expect(read({ bytes: Number(bytes) }).bytes).toBe(bytes);
      }),
    );
  });
});

describe('texts', () => {
  const MEMBERS = ['id', 'sourceRegion', 'destinationRegion', 'service', 'customer'] as const;
  const PRINTABLE: [string, string][] = [
    ['one character', 'x'],
    ['a zero', '0'],
    ['ASCII from first to last', '!~'],
    ['128 characters', 'x'.repeat(128)],
    ['128 characters of two code units each', '\u{1F600}'.repeat(128)],
    ['128 characters of which one is beyond ASCII', `${'x'.repeat(127)}é`],
    ['a space inside', 'acme inc'],
    ['other scripts', 'Zürich 東京 القاهرة'],
    ['a combining accent', 'e\u0301'],
    ['a no-break space inside', 'a\u00a0b'],
    ['a formula', '=1+1'],
    ['quotes and separators', `"a",'b';\\`],
  ];
  const UNPRINTABLE: [string, unknown][] = [
    ['nothing', ''],
    ['a space', ' '],
    ['a space at the start', ' x'],
    ['a space at the end', 'x '],
    ['a no-break space at the end', 'x\u00a0'],
    ['129 characters', 'x'.repeat(129)],
    ['129 characters of two code units each', '\u{1F600}'.repeat(129)],
    ['129 characters of which one is beyond ASCII', `${'x'.repeat(128)}é`],
    ['a tab', 'a\tb'],
    ['a line feed', 'a\nb'],
    ['a line feed at the end', 'a\n'],
    ['a NUL', 'a\0b'],
    ['a DEL', 'a\x7fb'],
    ['a C1 control', 'a\u0085b'],
    ['an escape sequence', '\x1b[31mred'],
    ['a line separator', 'a\u2028b'],
    ['a paragraph separator', 'a\u2029b'],
    ['a zero-width space', 'a\u200bb'],
    ['a byte order mark', '\ufeffa'],
    ['a change of direction', 'a\u202eb'],
    ['half a surrogate pair', 'a\ud83db'],
    ['the other half', 'a\ude00b'],
    ['a private character', 'a\ue000b'],
    ['a noncharacter', 'a\uffffb'],
    ['a number', 5],
    ['a truth value', false],
    ['an object', {}],
    ['a list', ['x']],
  ];

  for (const member of MEMBERS) {
    test.each(PRINTABLE)(`${member}: %s`, (_name, text) => {
      expect(read({ [member]: text })[member]).toBe(text);
    });

    test.each(UNPRINTABLE)(`${member}: not %s`, (_name, text) => {
      expect(wrong({ [member]: text })).toEqual([`/${member}`]);
    });
  }

  test.each(MEMBERS.slice(1))('%s may be null, which is none', (member) => {
    expect(read({ [member]: null })[member]).toBeNull();
  });

  test.each([[null], [undefined]])('an id is never %p', (id) => {
    expect(wrong({ id })).toEqual(['/id']);
  });
});

describe('direction', () => {
  test.each([['Egress'], ['aToB'], ['egress '], [''], [null], [undefined], [0], [['egress']]])(
    'is not %p',
    (direction) => {
      expect(wrong({ direction })).toEqual(['/direction']);
    },
  );
});

describe('the interval', () => {
  test.each([
    ['2026-10-01T00:00:00.000Z'],
    ['2026-10-01T02:00:00.0+02:00'],
    ['2026-10-01t00:00:00z'],
    ['2026-10-01T05:30:00+05:30'],
  ])('starts at %s', (start) => {
    expect(read({ start }).start).toBe(Date.UTC(2026, 9, 1));
  });

  test.each([
    ['2026-10-01T00:00:00.5Z'],
    ['2026-10-01T00:00:00.001Z'],
    ['2026-10-01T00:00:00.0001Z'],
    ['2026-10-01T00:00:00.000000000000000000001Z'],
    ['2026-10-01T00:00:00'],
    ['2026-10-01T00:00Z'],
    ['2026-10-01'],
    ['2026-10-01 00:00:00Z'],
    ['2026-02-29T00:00:00Z'],
    ['2026-09-31T00:00:00Z'],
    ['2026-10-01T24:00:00Z'],
    ['2026-09-30T23:59:60Z'],
    ['2026-10-01T00:00:00+0200'],
    [' 2026-10-01T00:00:00Z'],
    ['now'],
    [''],
    [1_790_812_800_000],
    [null],
    [undefined],
    [{}],
  ])('has no end %p', (instant) => {
    expect(wrong({ end: instant })).toEqual(['/end']);
    expect(wrong({ start: instant })).toEqual(['/start']);
  });

  test.each([
    ['2026-10-01T01:00:00Z', '2026-10-01T01:00:00Z'],
    ['2026-10-01T01:00:01Z', '2026-10-01T01:00:00Z'],
    ['2026-10-01T02:00:00Z', '2026-10-01T03:00:00+02:00'],
  ])('that starts at %s does not end at %s', (start, end) => {
    expect(wrong({ start, end })).toEqual(['/end']);
  });
});

describe('chargedUnitPrice', () => {
  test.each([['0'], ['0.22'], ['0.000000000001'], ['1000000.10']])('%s', (chargedUnitPrice) => {
    expect(read({ chargedUnitPrice }).chargedUnitPrice).toBe(chargedUnitPrice);
  });

  test('null is none', () => expect(read({ chargedUnitPrice: null }).chargedUnitPrice).toBeNull());

  test.each([
    ['-0.22'],
    ['0.0000000000001'],
    ['1e-3'],
    ['.5'],
    ['5.'],
    ['00.5'],
    [''],
    ['0,22'],
    [0.22],
    [true],
  ])('not %p', (chargedUnitPrice) => {
    expect(wrong({ chargedUnitPrice })).toEqual(['/chargedUnitPrice']);
  });
});

describe('revision and void', () => {
  test.each([[0], [1], [2 ** 31 - 1]])('revision %p', (revision) => {
    expect(read({ revision }).revision).toBe(revision);
  });

  test.each([[-1], [1.5], [2 ** 31], [NaN], ['1'], [true], [null], [[1]]])('not revision %p', (revision) => {
    expect(wrong({ revision })).toEqual(['/revision']);
  });

  test.each([['true'], [1], [0], [null], [{}]])('not void %p', (value) => {
    expect(wrong({ void: value })).toEqual(['/void']);
  });

  test('void false is as if it were left out', () => expect(read({ void: false })).toEqual(read({})));
});

describe('unknown members', () => {
  test.each([
    ['Bytes', '/Bytes'],
    ['', '/'],
    ['a/b', '/a~1b'],
    ['a~b', '/a~0b'],
    ['~1', '/~01'],
    ['toString', '/toString'],
  ])('%j is pointed to as %s', (member, pointer) => {
    expect(wrong({ [member]: 1 })).toEqual([pointer]);
  });

  test('of a key that could reach a prototype', () => {
    const input = JSON.parse(JSON.stringify(LEAST).replace('{', '{"__proto__": {"void": true},')) as object;
    expect(readRecord(input)).toMatchObject([{ pointer: '/__proto__' }]);
  });
});

test('what is missing is told member by member, all at once', () => {
  const told = readRecord({});
  if (!Array.isArray(told)) throw new Error('taken');
  expect(told.map(({ pointer }) => pointer).sort()).toEqual([
    '/bytes',
    '/direction',
    '/end',
    '/id',
    '/start',
  ]);
  expect(new Set(told.map(({ code }) => code))).toEqual(new Set(['invalid_record']));
});

test('whatever is sent, it is read or refused, and nothing is thrown', () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.constantFrom(...Object.keys(LEAST), 'customer', 'void'),
      (value, member) => {
        expect(() => readRecord(value)).not.toThrow();
        const result = readRecord({ ...LEAST, [member]: value });
        if (Array.isArray(result)) expect(result.length).toBeGreaterThan(0);
        else expect(typeof result.bytes).toBe('bigint');
      },
    ),
  );
});
