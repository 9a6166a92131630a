import { setTimeout as sleep } from 'node:timers/promises';

const DEADLINE_MS = 40_000;
const POLL_MS = 15;

/** Polls until the probe gives something other than undefined or false; fails with its name when nothing comes. */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  deadline_ms = DEADLINE_MS,
): Promise<T> {
  const end = performance.now() + deadline_ms;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`It did not come to pass in ${deadline_ms} ms: ${what}`);
    await sleep(POLL_MS);
  }
}
