/** Pages of a table from the first to the last, both included. */
export interface PageRange {
  first: number;
  last: number;
}

/** What lies beyond the outermost of a few dozen samples, as a part of all. */
const BEYOND = 1 / 24;

/**
 * Where a chunk of so many pages probably lies as a whole, given on which pages samples of it were found, ascending;
 * null where they are scattered, so that it was not stored in one piece. `samples` is how many were looked for.
 */
export function densestPages(found: readonly number[], samples: number, pages: number): PageRange | null {
  let best = { from: 0, count: 0 };
  for (let from = 0, to = 0; from < found.length; from += 1) {
    while (to < found.length && found[to]! - found[from]! < pages) to += 1;
    if (to - from > best.count) best = { from, count: to - from };
  }
  if (best.count * 2 < samples || best.count === 0) return null;
  const beyond = Math.ceil(pages * BEYOND);
  const first = Math.max(0, found[best.from]! - beyond);
  return { first, last: found[best.from + best.count - 1]! + beyond };
}
