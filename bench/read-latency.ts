import { setTimeout as sleep } from 'node:timers/promises';
import type { Market } from './market.js';
import { percentile } from './timing.js';

/** Between two rounds of reads: a person or a page that looks often, not a load of its own. */
const PAUSE_MS = 10;

export type ReadName = keyof Market['reads'];
/** Times in milliseconds. */
export type ReadTimes = Record<ReadName, number[]>;

export interface Latency {
  reads: number;
  p50_ms: number;
  p99_ms: number;
}

/** Reads in turn, one request at a time, until told to stop. */
export async function sampleReads(market: Market, times: ReadTimes, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    for (const name of ['balances', 'statement'] as const) {
      const start = performance.now();
      await market.reads[name]();
      times[name].push(performance.now() - start);
    }
    await sleep(PAUSE_MS);
  }
}

export function latencyOf(times_ms: readonly number[]): Latency {
  return {
    reads: times_ms.length,
    p50_ms: percentile(times_ms, 0.5),
    p99_ms: percentile(times_ms, 0.99),
  };
}
