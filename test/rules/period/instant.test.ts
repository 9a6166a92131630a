import fc from 'fast-check';
import { formatInstant, formatLocal, isWholeSecond, parseInstant } from '../../../src/period/index.js';

test.each([
  ['1970-01-01T00:00:00Z', 0],
  ['2026-10-01T00:00:00Z', 1790812800000],
  ['2026-10-01T00:00:00+02:00', 1790805600000],
  ['2026-09-30T17:30:00-06:30', 1790812800000],
  ['2026-10-01t00:00:00z', 1790812800000],
  ['2026-10-01T00:00:00-00:00', 1790812800000],
  ['2026-10-01T00:00:00.5Z', 1790812800500],
  ['2026-10-01T00:00:00.007+00:00', 1790812800007],
  ['2026-10-01T00:00:00.120000000Z', 1790812800120],
  ['2026-10-01T23:59:59+23:59', 1790812860000 - 1000],
  ['2024-02-29T12:00:00Z', 1709208000000],
  ['2000-02-29T00:00:00Z', 951782400000],
  ['9999-12-31T23:59:59Z', 253402300799000],
])('%s is %i', (text, expected) => {
  expect(parseInstant(text)).toBe(expected);
});

test.each([
  ...['2026-02-29T00:00:00Z', '2100-02-29T00:00:00Z', '2026-04-31T00:00:00Z', '2026-13-01T00:00:00Z'],
  ...['2026-00-01T00:00:00Z', '2026-01-00T00:00:00Z', '2026-01-32T00:00:00Z', '2026-01-01T24:00:00Z'],
  ...['2026-01-01T00:60:00Z', '2016-12-31T23:59:60Z', '2026-01-01T00:00:00', '2026-01-01T00:00Z'],
  ...[
    '2026-01-01 00:00:00Z',
    '2026-01-01T00:00:00+0200',
    '2026-01-01T00:00:00+02',
    '2026-01-01T00:00:00+24:00',
  ],
  ...[
    '2026-01-01T00:00:00+00:60',
    '2026-01-01T00:00:00.Z',
    '2026-01-01T00:00:00.0001Z',
    '2026-01-01T00:00:00,5Z',
  ],
  ...['2026-01-01T00:00:00ZZ', '2026-01-01T00:00:00Z ', ' 2026-01-01T00:00:00Z', '2026-1-01T00:00:00Z'],
  ...[
    '1969-12-31T23:59:59Z',
    '1970-01-01T00:00:00+00:01',
    '1969-12-31T23:00:00-02:00',
    '0099-01-01T00:00:00Z',
  ],
  ...[
    '9999-12-31T23:59:59-00:01',
    '+12026-01-01T00:00:00Z',
    '2o26-01-01T00:00:00Z',
    '2026-01-01T00:00:00+0x:00',
  ],
  ...['2026-01-01T0 :00:00Z', '2026-01-01T00:00:-1Z', '２026-01-01T00:00:00Z', '', 'now', '1790812800'],
  ...['2026-01-01T00:00:00.Z+00:00', '2026-01-01T00:00:00.5', `2026-01-01T00:00:00.${'0'.repeat(80)}Z`],
  ...[
    '2026-01-01T00:00:00+02:000',
    '2026-01-01T00:00:00+02:00Z',
    '2026-01-01T00:00:00+02:0',
    '2026/01/01T00:00:00Z',
    '2026-01-01T00-00-00Z',
    '2026-01-01T00:00:00+02-00',
    '2026-01-01T00:00:00*02:00',
  ],
])('refuses %j', (text) => {
  expect(parseInstant(text)).toBeNull();
});

test('agrees with Date on every valid text, and gives it back', () => {
  const at = fc.integer({ min: 86_400_000, max: 253402300799999 - 86_400_000 });
  fc.assert(
    fc.property(at, fc.integer({ min: -1439, max: 1439 }), (instant, offset_min) => {
      expect(parseInstant(formatInstant(instant))).toBe(instant);
      const local = new Date(instant + offset_min * 60_000).toISOString().slice(0, -1);
      const size = Math.abs(offset_min);
      const digits = [Math.floor(size / 60), size % 60].map((n) => String(n).padStart(2, '0')).join(':');
      const text = `${local}${offset_min < 0 ? '-' : '+'}${digits}`;
      expect(parseInstant(text)).toBe(instant);
      expect(parseInstant(text)).toBe(Date.parse(text));
    }),
    { numRuns: 500 },
  );
});

test('whatever it accepts, with one character changed or not, Date reads alike', () => {
  const text = '2024-02-29T23:59:59.000+05:30';
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.constantFrom(...'0123456789-+:.TZ '), (i, character) => {
      const changed = text.slice(0, i) + character + text.slice(i + 1);
      const instant = parseInstant(changed);
      if (instant !== null) expect(instant).toBe(Date.parse(changed));
    }),
    { numRuns: 1000 },
  );
});

test('whole seconds and their texts', () => {
  expect(isWholeSecond(1790812800000)).toBe(true);
  expect(isWholeSecond(1790812800001)).toBe(false);
  expect(formatInstant(1790812800000)).toBe('2026-10-01T00:00:00Z');
  expect(formatInstant(1790812800050)).toBe('2026-10-01T00:00:00.050Z');
});

test.each([
  ['2026-09-30T22:00:00Z', 'Europe/Berlin', '2026-10-01T00:00:00+02:00'],
  ['2026-10-25T00:30:00Z', 'Europe/Berlin', '2026-10-25T02:30:00+02:00'],
  ['2026-10-25T01:30:00Z', 'Europe/Berlin', '2026-10-25T02:30:00+01:00'],
  ['2026-10-01T00:00:00Z', 'Asia/Kolkata', '2026-10-01T05:30:00+05:30'],
  ['2026-07-01T00:00:00Z', 'Australia/Lord_Howe', '2026-07-01T10:30:00+10:30'],
  ['2026-01-01T00:00:00Z', 'America/St_Johns', '2025-12-31T20:30:00-03:30'],
  ['2026-10-01T00:00:00.250Z', 'UTC', '2026-10-01T00:00:00.250+00:00'],
])('%s in %s is %s', (text, zone, expected) => {
  expect(formatLocal(Date.parse(text), zone)).toBe(expected);
});

test('an offset with seconds still names the same instant', () => {
  const at = Date.parse('1971-06-01T00:00:00Z');
  const text = formatLocal(at, 'Africa/Monrovia');
  expect(text).toMatch(/^1971-05-31T23:1\d:00-00:4[45]$/);
  expect(parseInstant(text)).toBe(at);
});
