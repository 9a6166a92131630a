/** Counts what is used of a quota, for all processes together, in windows that begin with the first use. */
export interface SharedCounter {
  /** Adds to a subject's count; gives the count of the window, and how long that still lasts. */
  add(subject: string, amount: number): Promise<{ count: number; resets_ms: number }>;
}

export interface QuotaOptions {
  /** How many requests a subject has in a window. */
  limit: number;
  window_s: number;
  /** Without one, this process counts for itself alone. */
  counter: SharedCounter | null;
  /** Told when the counter fails or is late, which refuses nobody. */
  onFailure?: (error: unknown) => void;
}

/** Whether a request is within its quota, how many more are, and when all of them are again. */
export interface Allowance {
  isAllowed: boolean;
  remaining: number;
  resets_s: number;
}

/** A subject's window as far as this process knows it. */
interface Window {
  /** Uses that this process has taken out of the shared count, and not used yet. */
  left: number;
  /** Uses that were still there for all processes when it took them. */
  rest: number;
  endsAt_ms: number;
}

/** A process takes this part of the limit at once, so that it asks the counter once in that many requests. */
const LEASE_PART = 100;
const COUNTER_TIMEOUT_MS = 250;
const SUBJECTS_MAX = 50_000;

/**
 * A quota of requests for each of many subjects, who never use up each other's. A process takes uses out of the
 * shared count by the hundredth part, and spends them from memory; what it took and did not spend is lost at the
 * window's end. All processes together never allow more than the limit. Once it is reached, the process knows,
 * and a flood costs no more questions. Where the counter fails, the process counts alone for one window.
 */
export class Quota {
  private readonly windows = new Map<string, Window>();
  private readonly leases = new Map<string, Promise<void>>();
  private readonly lease_count: number;

  constructor(private readonly options: QuotaOptions) {
    this.lease_count = Math.ceil(options.limit / LEASE_PART);
  }

  /** Uses one of a subject's requests, if there is one. */
  async take(subject: string): Promise<Allowance> {
    for (;;) {
      const window = this.openWindow(subject);
      if (window && window.left > 0) {
        window.left--;
        return allowanceOf(window, true);
      }
      if (window?.rest === 0) return allowanceOf(window, false);
      await this.lease(subject);
    }
  }

  /** The refusal of a subject that is known to have nothing left; null for all others. Uses nothing. */
  refusal(subject: string): Allowance | null {
    const window = this.openWindow(subject);
    return window && window.left === 0 && window.rest === 0 ? allowanceOf(window, false) : null;
  }

  private openWindow(subject: string): Window | undefined {
    const window = this.windows.get(subject);
    return window && window.endsAt_ms > performance.now() ? window : undefined;
  }

  /** Takes uses out of the shared count; who needs them at the same time waits for the same. */
  private lease(subject: string): Promise<void> {
    const running = this.leases.get(subject);
    if (running) return running;
    const lease = this.newWindow(subject)
      .then((window) => this.remember(subject, window))
      .finally(() => this.leases.delete(subject));
    this.leases.set(subject, lease);
    return lease;
  }

  private async newWindow(subject: string): Promise<Window> {
    const { limit, window_s, counter, onFailure } = this.options;
    const now_ms = performance.now();
    const ofOurOwn = { left: limit, rest: 0, endsAt_ms: now_ms + window_s * 1000 };
    if (!counter) return ofOurOwn;
    try {
      const { count, resets_ms } = await inTime(counter.add(subject, this.lease_count));
      const before = count - this.lease_count;
      return {
        left: Math.min(this.lease_count, Math.max(0, limit - before)),
        rest: Math.max(0, limit - count),
        endsAt_ms: performance.now() + Math.max(1, resets_ms),
      };
    } catch (error) {
      onFailure?.(error);
      return ofOurOwn;
    }
  }

  private remember(subject: string, window: Window): void {
    if (this.windows.size >= SUBJECTS_MAX && !this.windows.has(subject)) this.makeRoom();
    this.windows.set(subject, window);
  }

  private makeRoom(): void {
    const now_ms = performance.now();
    for (const [subject, { endsAt_ms }] of this.windows)
      if (endsAt_ms <= now_ms) this.windows.delete(subject);
    const [oldest] = this.windows.keys();
    if (this.windows.size >= SUBJECTS_MAX && oldest !== undefined) this.windows.delete(oldest);
  }
}

function allowanceOf({ left, rest, endsAt_ms }: Window, isAllowed: boolean): Allowance {
  const resets_s = Math.max(1, Math.ceil((endsAt_ms - performance.now()) / 1000));
  return { isAllowed, remaining: left + rest, resets_s };
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no answer within ${COUNTER_TIMEOUT_MS} ms`)),
      COUNTER_TIMEOUT_MS,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
