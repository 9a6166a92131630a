import { spawn, type ChildProcess } from 'node:child_process';
import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Binaries } from './binaries.js';
import { aborted, lastLines, serverEnvironment, type Layout } from './cluster.js';
import { diskFull, EmbeddedPostgresError } from './errors.js';
import { pidFromPidFile, postgresProcessesIn, sendSignal, waitUntil } from './process-table.js';
import { dataDirArgument, launchAs, type ServerUser } from './server-user.js';

const MAX_PORT_ATTEMPTS = 5;
const MAX_LOG_BYTES = 32 * 1024 * 1024;
const LOG_CHECK_INTERVAL_MS = 60_000;
const READY_POLL_MS = 25;
const FAST_SHUTDOWN_TIMEOUT_MS = 30_000;
const IMMEDIATE_SHUTDOWN_TIMEOUT_MS = 10_000;
const KILL_TIMEOUT_MS = 5_000;
/** The line of `postmaster.pid` that tells how far the start has come; from 1. */
const STATUS_LINE = 8;

export interface ServerOptions {
  binaries: Binaries;
  user: ServerUser;
  layout: Layout;
  settings: Record<string, string>;
  startTimeout_ms: number;
  signal?: AbortSignal | undefined;
  log: (line: string) => void;
}

/** How the server ended. */
export interface ServerExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A running postmaster that this process started. */
export interface ServerProcess {
  pid: number;
  port: number;
  exited: Promise<ServerExit>;
  stop(): Promise<void>;
}

const PORT_TAKEN = /could not bind|could not create any TCP\/IP sockets/;

/** Starts postgres on a free port of 127.0.0.1 and waits until it accepts connections. */
export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  const fixedPort = options.settings['port'];
  for (let attempt = 1; ; attempt += 1) {
    const port = fixedPort ? Number(fixedPort) : await freePort();
    const server = spawnServer(options, port);
    try {
      await waitUntilReady(server, options);
      return server;
    } catch (error) {
      await server.stop();
      // Somebody may take the port between our look and the server's; another one is as good.
      const taken = error instanceof EmbeddedPostgresError && PORT_TAKEN.test(error.message);
      if (!taken || fixedPort || attempt >= MAX_PORT_ATTEMPTS) throw error;
    }
  }
}

/** Ends every process of PostgreSQL that works in this cluster: the remains of a killed service. */
export async function stopOrphans(clusterDir: string, log: (line: string) => void): Promise<void> {
  const orphans = postgresProcessesIn(clusterDir);
  if (orphans.length === 0) return;
  const postmaster = pidFromPidFile(clusterDir);
  log(
    `Stopping the PostgreSQL server that a killed service left behind (process ${postmaster ?? orphans[0]}).`,
  );
  const gone = (): boolean => postgresProcessesIn(clusterDir).length === 0;
  if (postmaster !== null && orphans.includes(postmaster)) {
    sendSignal(postmaster, 'SIGINT');
    if (await waitUntil(gone, FAST_SHUTDOWN_TIMEOUT_MS)) return;
  }
  // Without a postmaster, or one that does not listen: leave at once; the next start recovers from the log.
  postgresProcessesIn(clusterDir).forEach((pid) => sendSignal(pid, 'SIGQUIT'));
  if (await waitUntil(gone, IMMEDIATE_SHUTDOWN_TIMEOUT_MS)) return;
  postgresProcessesIn(clusterDir).forEach((pid) => sendSignal(pid, 'SIGKILL'));
  if (await waitUntil(gone, KILL_TIMEOUT_MS)) return;
  throw new EmbeddedPostgresError(
    'orphan_not_stopped',
    `A PostgreSQL server (process ${postmaster ?? orphans[0]}) left behind in "${clusterDir}" does not stop. ` +
      'Stop it by hand, or restart the machine.',
  );
}

function spawnServer(options: ServerOptions, port: number): ServerProcess {
  const { layout, user, binaries } = options;
  const settings = { ...options.settings, port: String(port) };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const { command, args, ...identity } = launchAs(user, binaries.postgres, [
    ...['-D', dataDirArgument(user, layout.cluster)],
    ...flags,
  ]);
  const logFile = openLog(layout.logFile);
  // In a session of its own: Ctrl-C in the terminal must not end the server before the service is done with it.
  const child = spawn(command, args, {
    ...identity,
    cwd: layout.cluster,
    env: serverEnvironment(),
    detached: true,
    stdio: ['ignore', logFile, logFile],
  });
  const logWatch = setInterval(() => boundLog(logFile), LOG_CHECK_INTERVAL_MS).unref();
  // A last resort when the service leaves without stop(): the server then shuts down on its own.
  const onProcessExit = (): void => void (child.pid !== undefined && sendSignal(child.pid, 'SIGINT'));
  process.once('exit', onProcessExit);
  const exited = whenExited(child).finally(() => {
    clearInterval(logWatch);
    closeSync(logFile);
    process.removeListener('exit', onProcessExit);
  });
  child.unref();
  return { pid: child.pid ?? 0, port, exited, stop: () => stopServer(child, exited, layout) };
}

function whenExited(child: ChildProcess): Promise<ServerExit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    // It could not be spawned at all: the waiting start finds it gone and tells what the log says.
    child.once('error', () => resolve({ code: null, signal: null }));
  });
}

async function stopServer(child: ChildProcess, exited: Promise<ServerExit>, layout: Layout): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  child.ref();
  const steps: [NodeJS.Signals, number][] = [
    ['SIGINT', FAST_SHUTDOWN_TIMEOUT_MS],
    ['SIGQUIT', IMMEDIATE_SHUTDOWN_TIMEOUT_MS],
    ['SIGKILL', KILL_TIMEOUT_MS],
  ];
  for (const [signal, timeout_ms] of steps) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    sendSignal(pid, signal);
    await within(exited, timeout_ms);
  }
  // After a crash of the postmaster its backends may linger for a moment.
  await stopOrphans(layout.cluster, () => undefined);
}

async function within(promise: Promise<unknown>, timeout_ms: number): Promise<void> {
  const timer = new AbortController();
  await Promise.race([
    promise,
    sleep(timeout_ms, undefined, { signal: timer.signal }).catch(() => undefined),
  ]);
  timer.abort();
}

async function waitUntilReady(server: ServerProcess, options: ServerOptions): Promise<void> {
  const { layout } = options;
  const started = performance.now();
  let ended = false;
  let lastReport = started;
  void server.exited.then(() => (ended = true));
  while (!isReady(layout.cluster, server.pid)) {
    if (options.signal?.aborted) throw aborted();
    if (ended) throw startFailed(layout);
    const now = performance.now();
    if (now - started > options.startTimeout_ms) throw startTimedOut(layout, options.startTimeout_ms);
    if (now - lastReport > 10_000) {
      lastReport = now;
      options.log('Still waiting for PostgreSQL: it is recovering from an unclean stop.');
    }
    await sleep(READY_POLL_MS);
  }
}

function startFailed(layout: Layout): EmbeddedPostgresError {
  const output = readTail(layout.logFile);
  if (/No space left on device|Disk quota exceeded/.test(output))
    return diskFull(layout.dataDir, 'while starting');
  return new EmbeddedPostgresError(
    'server_start_failed',
    `The embedded PostgreSQL stopped while starting; the end of its log "${layout.logFile}":\n${lastLines(output)}`,
  );
}

function startTimedOut(layout: Layout, timeout_ms: number): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'server_start_timeout',
    `The embedded PostgreSQL was not ready after ${Math.round(timeout_ms / 1000)} seconds; ` +
      `the end of its log "${layout.logFile}":\n${lastLines(readTail(layout.logFile))}`,
  );
}

/** The last line of `postmaster.pid` tells when the postmaster of this pid accepts connections. */
function isReady(clusterDir: string, pid: number): boolean {
  const lines = pidFileLines(clusterDir);
  return lines[0] === String(pid) && lines[STATUS_LINE - 1]?.trim() === 'ready';
}

function pidFileLines(clusterDir: string): string[] {
  try {
    return readFileSync(join(clusterDir, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return [];
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}

/** A new log for each start, with the one before kept beside it. */
function openLog(path: string): number {
  if (existsSync(path)) renameSync(path, `${path}.1`);
  return openSync(path, 'a+', 0o600);
}

/** An append-only file may be cut while the server holds it: it goes on at the new end. */
function boundLog(file: number): void {
  if (fstatSync(file).size > MAX_LOG_BYTES) ftruncateSync(file, 0);
}

function readTail(path: string): string {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const buffer = Buffer.alloc(Math.min(size, 8192));
    readSync(file, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString();
  } finally {
    closeSync(file);
  }
}
