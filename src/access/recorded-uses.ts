import type { Logger } from '@nestjs/common';

const REMEMBERED_MAX = 10_000;

/** Records uses of keys and sessions without making the request wait, and seldom. */
export class RecordedUses {
  private readonly recordedAt_ms = new Map<string, number>();
  private readonly running = new Set<Promise<void>>();

  constructor(
    readonly interval_s: number,
    private readonly record: (id: string, interval_s: number) => Promise<void>,
    private readonly logger: Logger,
  ) {}

  note(id: string): void {
    const now_ms = performance.now();
    const last_ms = this.recordedAt_ms.get(id);
    if (last_ms !== undefined && now_ms - last_ms < this.interval_s * 1000) return;
    if (this.recordedAt_ms.size >= REMEMBERED_MAX) this.recordedAt_ms.clear();
    this.recordedAt_ms.set(id, now_ms);
    const recording = this.record(id, this.interval_s)
      .catch((error: unknown) => this.logger.warn({ err: error, used_id: id }))
      .finally(() => this.running.delete(recording));
    this.running.add(recording);
  }

  /** Waits for what is still being recorded, so that the pool can close behind it. */
  async settled(): Promise<void> {
    await Promise.all(this.running);
  }
}
