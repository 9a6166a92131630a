import { isId, newIds } from '../../src/platform/ids/index.js';

describe('ids drawn together', () => {
  const next = newIds(5_000);
  const ids = Array.from({ length: 5_000 }, () => next());

  test('are UUIDv7, each once, in ascending order', () => {
    expect(ids.every((id) => isId(id) && id[14] === '7' && /[89ab]/.test(id[19]!))).toBe(true);
    expect(new Set(ids).size).toBe(5_000);
    expect(ids.toSorted()).toEqual(ids);
  });

  test('differ in what is random', () => {
    expect(new Set(ids.map((id) => id.slice(-12))).size).toBe(5_000);
  });

  test('are no more than were asked for', () => {
    expect(next).toThrow(RangeError);
    expect(newIds(0)).toThrow(RangeError);
  });
});
