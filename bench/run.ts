import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A benchmark run: told to stop by Ctrl-C or its deadline, and what it leaves is undone in any case. */
export interface Run {
  /** Aborted when the run has to end. */
  signal: AbortSignal;
  /** Adds what has to be undone at the end, last first. */
  undo(step: () => unknown): void;
  /** A folder of the run's own that every user may read, the database server's too. */
  folder(): string;
}

/** Runs `work` to its end, the deadline or a signal, and undoes all of it. Gives the exit code. */
export async function runBenchmark(deadline_s: number, work: (run: Run) => Promise<number>): Promise<number> {
  const stop = new AbortController();
  const steps: (() => unknown)[] = [];
  const stopped = new Promise<never>((_, reject) => {
    stop.signal.addEventListener('abort', () => reject(stop.signal.reason as Error), { once: true });
  });
  stopped.catch(() => undefined);
  const onSignal = (signal: NodeJS.Signals): void =>
    stop.abort(new Error(`Ended by ${signal}; cleaning up.`));
  const timer = setTimeout(
    () => stop.abort(new Error(`Not done after ${deadline_s} s; cleaning up.`)),
    deadline_s * 1000,
  );
  // Every further Ctrl-C comes here too: the clean-up is bounded, and half of one helps nobody.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  const run: Run = {
    signal: stop.signal,
    undo: (step) => void steps.unshift(step),
    folder: () => {
      const folder = realpathSync(mkdtempSync(join(tmpdir(), 'peerledger-bench-')));
      chmodSync(folder, 0o755);
      steps.unshift(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
      return folder;
    },
  };
  try {
    const running = work(run);
    running.catch(() => undefined);
    return await Promise.race([running, stopped]);
  } catch (error) {
    console.error(stop.signal.aborted ? (stop.signal.reason as Error).message : error);
    return stop.signal.aborted ? 130 : 1;
  } finally {
    clearTimeout(timer);
    stop.abort(new Error('The run is over.'));
    for (const step of steps) {
      try {
        await step();
      } catch (error) {
        console.error('Could not clean up:', error);
      }
    }
  }
}
