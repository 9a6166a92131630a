import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const ROOT = new URL('../../', import.meta.url);
const review = readFileSync(new URL('docs/security.md', ROOT), 'utf8');

/** The section of each risk, by its number. */
const sections = new Map(
  review
    .split(/^## /m)
    .slice(1)
    .map((section) => [/^API(\d+)/.exec(section)?.[1], section]),
);

describe('the security review', () => {
  it('goes through the ten risks', () => {
    expect([...sections.keys()].map(Number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('names for each the tests that guard it, and they are there', () => {
    for (const [risk, section] of sections) {
      const tests = [...section.matchAll(/`(test\/[^`]+)`/g)].map((match) => match[1]!);
      expect({ risk, guarded: tests.length > 0 }).toEqual({ risk, guarded: true });
      expect(tests.filter((path) => !existsSync(new URL(path, ROOT)))).toEqual([]);
    }
  });
});
