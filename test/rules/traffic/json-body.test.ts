import { CloudEventsBody, RecordsBody } from '../../../src/traffic/intake/json-body.js';
import { partsOf } from '../../support/intake.js';

type Given = [pointer: string, what: unknown];

/** What a body gives, with the pointer to each, or the code and pointers of what is wrong with all of it. */
function read(
  kind: typeof RecordsBody | typeof CloudEventsBody,
  body: string,
  records_max = 10,
): Given[] | string {
  const found: Given[] = [];
  const sink = {
    scanned: () => {
      throw new Error('A parsed body has nothing to scan.');
    },
    value: (value: unknown, line: number, at = '') => {
      expect(line).toBe(0);
      found.push([reader.pointerOf(found.length) + at, value]);
    },
    refused: (mistakes: readonly { pointer: string }[], line: number) => {
      expect(line).toBe(0);
      const start = reader.pointerOf(found.length);
      found.push([mistakes.map(({ pointer }) => start + pointer).join(' '), 'refused']);
    },
  };
  const reader = new kind(sink, records_max);
  try {
    for (const part of partsOf(Buffer.from(body), [7])) {
      const lent = Uint8Array.from(part);
      reader.write(lent);
      lent.fill(0);
    }
    reader.end();
    while (reader.next());
  } catch (error) {
    const { code, extras } = error as { code: string; extras: { errors?: { pointer: string }[] } };
    return [code, ...(extras.errors ?? []).map(({ pointer }) => pointer)].join(' at ');
  }
  return found;
}

describe('{"records": [...]}', () => {
  test('gives its records in order, whatever they are', () => {
    expect(read(RecordsBody, '{"records":[{"id":"é"},5,null,[]]}')).toEqual([
      ['/records/0', { id: 'é' }],
      ['/records/1', 5],
      ['/records/2', null],
      ['/records/3', []],
    ]);
    expect(read(RecordsBody, '{"records":[]}')).toEqual([]);
  });

  test.each([
    ['', 'invalid_batch'],
    ['null', 'invalid_batch at /records'],
    ['[]', 'invalid_batch at /records'],
    ['[{"id":"r"}]', 'invalid_batch at /records'],
    ['"records"', 'invalid_batch at /records'],
    ['7', 'invalid_batch at /records'],
    ['{}', 'invalid_batch at /records'],
    ['{"records":{}}', 'invalid_batch at /records'],
    ['{"records":[],"more":1}', 'invalid_batch at /records'],
    ['{"records":[', 'malformed_json'],
    ['{"records":[],"records":[]}', 'duplicate_key'],
    ['{"records":[{"id":"\\u0000"}]}', 'invalid_character at /records/0/id'],
  ])('%j is none', (body, expected) => {
    expect(read(RecordsBody, body)).toBe(expected);
  });

  test('has a limit, which is reached before anything is read', () => {
    const body = (count: number): string =>
      JSON.stringify({ records: Array.from({ length: count }, () => 1) });
    expect(read(RecordsBody, body(2_000), 2_000)).toHaveLength(2_000);
    expect(read(RecordsBody, body(2_001), 2_000)).toBe('too_many_records');
  });
});

describe('CloudEvents', () => {
  const EVENT = { specversion: '1.0', id: 'e-1', source: '/meters/7', type: 'traffic', data: { id: 'r' } };
  const readOne = (event: unknown): Given[] | string => read(CloudEventsBody, JSON.stringify([event]));

  test('give their data, and what else they say is theirs', () => {
    const more = { time: '2026-10-01T00:00:00Z', subject: 's', extension: 5, dataschema: 'urn:x' };
    expect(read(CloudEventsBody, JSON.stringify([EVENT, { ...EVENT, ...more, data: null }, EVENT]))).toEqual([
      ['/0/data', { id: 'r' }],
      ['/1/data', null],
      ['/2/data', { id: 'r' }],
    ]);
    expect(read(CloudEventsBody, '[]')).toEqual([]);
  });

  test.each([
    ['text', ['/0']],
    [null, ['/0']],
    [[EVENT], ['/0']],
    [{}, ['/0/specversion', '/0/id', '/0/source', '/0/type', '/0/data']],
    [{ ...EVENT, specversion: '0.3' }, ['/0/specversion']],
    [{ ...EVENT, id: '' }, ['/0/id']],
    [{ ...EVENT, source: 7 }, ['/0/source']],
    [{ ...EVENT, type: null }, ['/0/type']],
    [{ ...EVENT, datacontenttype: 'text/csv' }, ['/0/datacontenttype']],
    [{ ...EVENT, datacontenttype: 'application/json-seq' }, ['/0/datacontenttype']],
    [{ ...EVENT, data: undefined, data_base64: 'e30=' }, ['/0/data']],
  ])('%j is none', (event, expected) => {
    expect(readOne(event)).toEqual([[expected.join(' '), 'refused']]);
  });

  test.each(['application/json', 'application/JSON; charset=utf-8', 'application/vnd.peerledger+json'])(
    'data of type %s is read',
    (datacontenttype) => {
      expect(readOne({ ...EVENT, datacontenttype })).toEqual([['/0/data', { id: 'r' }]]);
    },
  );

  test.each([
    ['{"records":[]}', 'invalid_batch at '],
    [JSON.stringify(EVENT), 'invalid_batch at '],
    ['', 'invalid_batch'],
    ['[1', 'malformed_json'],
  ])('%j is no batch of them', (body, expected) => {
    expect(read(CloudEventsBody, body)).toBe(expected);
  });
});
