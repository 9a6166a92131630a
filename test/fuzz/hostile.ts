/** Values that a careless reader trips over; each is JSON. */
export const HOSTILE_VALUES: unknown[] = [
  ...[null, true, false, 0, -1, 1.5, -0.0, 1e308, 2 ** 53, -(2 ** 63), [], {}, [[]], [null], { '': '' }],
  ...['', ' ', '\t', '\u0000', 'a\u0000b', '\ud800', '\udfff\ud800', '\ufeff', '\u2028', '\u202e', '💥', 'ﷺ'],
  ...['__proto__', 'constructor', 'toString', 'null', 'undefined', 'NaN', 'Infinity', '-0', '+1', '1e1000'],
  ...['9007199254740993', '-1', '00', '1.', '.5', '0x10', '1_000', '١٢٣', '9'.repeat(40), '9'.repeat(5_000)],
  ...["'; DROP TABLE providers; --", '${7*7}', '../../../etc/passwd', '%00', '%', '=1+1', '<script>'],
  ...[
    '0000-00-00T00:00:00Z',
    '0001-01-01T00:00:00Z',
    '9999-12-31T23:59:59.999999999Z',
    '2025-02-30T00:00:00Z',
  ],
  ...['+275760-09-13T00:00:00Z', '-000001-01-01T00:00:00Z', '2016-12-31T23:59:60Z', '2025-03-01T24:00:00Z'],
  ...[
    '2025-03-01T00:00:00+99:99',
    '2025-03-01T00:00:00',
    '2025-03-01',
    '1970-01',
    '9999-12',
    '0000-01',
    '2025-13',
  ],
  ...['x'.repeat(64), 'x'.repeat(201), 'x'.repeat(1_025), 'é'.repeat(70_000)],
];

/** Texts of numbers that JavaScript cannot carry, put into JSON as they are. */
export const HOSTILE_NUMBERS = [
  ...[
    '9007199254740993',
    '-9007199254740993',
    '1e400',
    '-1e400',
    '0.1e-400',
    '123456789012345678901234567890',
  ],
  ...['1.0', '1e0', '-0', '0.30000000000000004', `1${'0'.repeat(2_000)}`],
];

/** What may stand in a path or a query, encoded as it is. */
export const HOSTILE_SEGMENTS = [
  ...[
    '%00',
    '%zz',
    '%',
    '%ff',
    '%c0%ae',
    '%2e%2e',
    '..',
    '.',
    '%2F',
    '%5c',
    '%0d%0a',
    '%F0%9F%92%A5',
    '%ED%A0%80',
  ],
  ...[
    'null',
    'undefined',
    '__proto__',
    'constructor',
    '*',
    ';',
    ',',
    '~',
    "'",
    '-1',
    '0',
    '1e9',
    '99999999999',
  ],
  ...[
    'a'.repeat(200),
    'a'.repeat(201),
    '00000000-0000-0000-0000-000000000000',
    '019A7D3C-5E80-7000-8000-000000000001',
  ],
];

/** Texts of bodies that are not what they seem. */
export const HOSTILE_TEXTS = [
  ...[
    '',
    ' ',
    'null',
    '[]',
    '{}',
    '""',
    '0',
    '{',
    '}',
    '[',
    '{"a":',
    '{"a":1,}',
    "{'a':1}",
    '{"a":1}{"b":2}',
    'NaN',
  ],
  ...[
    '{"__proto__":{"admin":true}}',
    '{"constructor":{"prototype":{}}}',
    '{"a":1,"a":2}',
    '{"a":1,"\\u0061":1}',
  ],
  ...[
    '\ufeff{}',
    '{"records":[]}',
    '{"records":[null]}',
    '{"records":{}}',
    '{"records":[{}],"records":[{}]}',
  ],
  ...[
    '['.repeat(10_000),
    '{"a":'.repeat(5_000),
    `${'['.repeat(40)}${']'.repeat(40)}`,
    `{"a":"${'x'.repeat(100_000)}"}`,
  ],
  ...[
    '{"a":"\\ud800"}',
    '{"a":"\\u0000"}',
    'id,direction\r\n',
    'id\n\n\n',
    '"',
    '"a"b,c\n',
    '\n\n\n',
    '{}\n{}\n',
  ],
];

export const HOSTILE_HEADERS: Record<string, string[]> = {
  'Content-Type': [
    ...[
      '',
      'text/plain',
      'application/xml',
      'application/json; charset=utf-16',
      'application/JSON;;',
      'text/csv',
    ],
    ...[
      'application/x-ndjson',
      'application/cloudevents-batch+json',
      'multipart/form-data',
      '*/*',
      'json',
      '\u00ff',
    ],
    ...['application/x-www-form-urlencoded', 'application/json; charset="utf-8', `text/${'x'.repeat(4_000)}`],
  ],
  'Content-Encoding': [
    'gzip',
    'br',
    'deflate',
    'zstd',
    'identity',
    'gzip, gzip',
    'x-gzip',
    '\u00ff',
    'compress',
  ],
  'If-Match': ['*', '"', '""', 'W/"x"', '"x", *', 'x', `"${'x'.repeat(5_000)}"`, '\u00ff'],
  'If-None-Match': ['*', '"', 'W/"x"', '"x"', ',,,', '\u00ff'],
  'Idempotency-Key': ['x'.repeat(256), '\u00e9', ' ', '{}', "'", '__proto__'],
  'X-Request-Id': ['x'.repeat(129), 'a b', '\u00ff', '{"a":1}', '__proto__', 'ok-1'],
  Accept: ['application/xml', 'text/html', '*/*;q=0', '\u00ff', 'application/json;q=x'],
  Range: ['bytes=0-1', 'bytes=-1', 'bytes=9-1', 'lines=0-1'],
  Expect: ['200-ok'],
  'X-Forwarded-For': ['127.0.0.1', "'; --", '::1'],
  'X-HTTP-Method-Override': ['DELETE'],
  Cookie: ['session=x', '__proto__=1'],
};

/** What pretends to say who calls. */
export const HOSTILE_AUTHORIZATIONS = [
  ...[
    'Bearer',
    'Bearer ',
    'Basic b3BlcmF0b3I6eA==',
    'bearer x',
    'Bearer plk_live_x_y',
    'Bearer null',
    '\u00ff',
  ],
  ...[
    'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJvcGVyYXRvciJ9.',
    `Bearer ${'x'.repeat(6_000)}`,
    "Bearer ' OR 1=1 --",
  ],
];
