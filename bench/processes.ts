import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { layoutOf, readPassword, SUPERUSER } from '../src/platform/embedded/cluster.js';
import { stopOrphanedPostgres } from '../src/platform/embedded/index.js';
import type { Run } from './run.js';

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 40_000;
const KIBI = 1024;
/**
 * What `npm start` gives to Node.js (the scripts in package.json), but for renderings, which a worker would make
 * of the month that is closed for the reads while the first batch is measured.
 */
const AS_STARTED = {
  flags: ['--max-semi-space-size=4', '--max-old-space-size=1024', '--single-threaded-gc'],
  // The limits count, which costs what it costs, and are too high to refuse anything.
  environment: {
    MALLOC_ARENA_MAX: '2',
    MALLOC_MMAP_THRESHOLD_: '65536',
    RENDER_AHEAD: 'no',
    RATE_LIMIT_PER_KEY: '1000000000',
    RATE_LIMIT_PER_PROVIDER: '1000000000',
    RATE_LIMIT_PER_ADDRESS: '1000000000',
  },
};

/** A child that announced where it listens. */
export interface Listening {
  pid: number;
  url: string;
  /** What it has printed. */
  output(): string;
  /** Ends it before the run ends. */
  stop(): Promise<void>;
}

/** The service as shipped, on its own embedded server in a folder of the run's. */
export interface ServiceUnderTest extends Listening {
  operatorKey: string;
  /** The embedded server, as its superuser; for another database change the path. */
  databaseUrl: string;
}

/** Starts the service as `npm start` does, with nothing set but where its data lies and what is given. */
export async function startService(
  run: Run,
  main: string,
  environment: Record<string, string> = {},
): Promise<ServiceUnderTest> {
  const dataDir = run.folder();
  const postgresDir = join(dataDir, 'postgresql');
  // Should the service not stop in time, its server must not stay either.
  run.undo(() =>
    existsSync(join(postgresDir, 'postgresql')) ? stopOrphanedPostgres(postgresDir) : undefined,
  );
  const service = await startListening(run, main, ['--with-worker'], {
    DATA_DIR: dataDir,
    PORT: '0',
    ...environment,
  });
  const operatorKey = /plk_live_\w+/.exec(service.output())?.[0];
  if (!operatorKey) throw new Error(`The service showed no operator key: ${service.output()}`);
  const layout = layoutOf(realpathSync(postgresDir));
  const port = readFileSync(join(layout.cluster, 'postmaster.pid'), 'utf8').split('\n')[3]!.trim();
  const databaseUrl = `postgres://${SUPERUSER}:${readPassword(layout)}@127.0.0.1:${port}/postgres`;
  return { ...service, operatorKey, databaseUrl };
}

/** Starts a compiled program and waits until it says where it listens. */
export async function startListening(
  run: Run,
  main: string,
  args: readonly string[],
  environment: Record<string, string>,
): Promise<Listening> {
  const child = spawn(process.execPath, [...AS_STARTED.flags, main, ...args], {
    cwd: '/',
    env: { PATH: process.env['PATH'], HOST: '127.0.0.1', ...AS_STARTED.environment, ...environment },
    // In a session of its own: Ctrl-C reaches us alone, and we stop it in order.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  run.undo(() => stopChild(child));
  let output = '';
  const collect = (chunk: Buffer): void => void (output = (output + chunk.toString()).slice(0, 20_000));
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  child.stderr.pipe(process.stderr);
  const deadline = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    const url = /listens on (http:\/\/[^\s]+)/.exec(output)?.[1];
    if (url) return { pid: child.pid!, url, output: () => output, stop: () => stopChild(child) };
    if (!isRunning(child)) throw new Error(`${main} ended: ${output}`);
    if (performance.now() > deadline) throw new Error(`${main} did not start in time: ${output}`);
    await sleep(20, undefined, { signal: run.signal });
  }
}

/** The most resident memory that a process had since the last reset, in MiB; children do not count. */
export function peakMemory_mib(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)![1]) / KIBI);
}

/** Makes the peak count from now on, where the system allows it. */
export function resetPeakMemory(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    // The peak then is that of the whole run, which is the stricter figure.
  }
}

async function stopChild(child: ChildProcess): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!isRunning(child)) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await Promise.race([ended, sleep(STOP_TIMEOUT_MS, undefined, { ref: false })]);
  }
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}
