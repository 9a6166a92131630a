import { jest } from '@jest/globals';
import { JobRunner } from '../../src/jobs/index.js';
import { Database } from '../../src/platform/database/index.js';
import { startMarket, type Market } from '../support/market.js';

/** How often the scheduler of a test's market looks: never by itself. */
const SCHEDULE_MS = 86_400_000;

/** A market whose scheduler looks when it is told to, at whatever instant the clock is set to. */
export interface ScheduledMarket {
  market: Market;
  /** Runs all that the scheduler repeats, each as the job that it is, with the clock at an instant in milliseconds. */
  itIs: (instant: number) => Promise<void>;
}

export async function startScheduledMarket(): Promise<ScheduledMarket> {
  const every = jest.spyOn(JobRunner.prototype, 'every');
  const market = await startMarket({ worker: true });
  const tasks = every.mock.calls.filter(([interval_ms]) => interval_ms === SCHEDULE_MS);
  every.mockRestore();
  const itIs = async (instant: number): Promise<void> => {
    const clock = jest.spyOn(Date, 'now').mockReturnValue(instant);
    try {
      for (const [, tenant, task] of tasks) await market.get(Database).actFor(tenant, task);
    } finally {
      clock.mockRestore();
    }
  };
  return { market, itIs };
}
