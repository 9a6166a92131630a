import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process that cannot be mistaken for a later one with the same number, where the system tells. */
export interface ProcessIdentity {
  pid: number;
  /** Boot and start time, so that a reused pid differs; null where the system does not tell. */
  started: string | null;
}

/** Fields of /proc/<pid>/stat after the command name, which may itself hold spaces and brackets. */
const STATE_FIELD = 0;
const START_TIME_FIELD = 19;

/** The identity of a living process, or null when there is none with this pid. */
export function identify(pid: number): ProcessIdentity | null {
  if (process.platform !== 'linux') return respondsToSignals(pid) ? { pid, started: null } : null;
  const fields = statFields(pid);
  if (!fields) return respondsToSignals(pid) && !procIsReadable() ? { pid, started: null } : null;
  // A zombie holds no files and no memory: it only waits for a parent that may never ask.
  if (fields[STATE_FIELD] === 'Z' || fields[STATE_FIELD] === 'X') return null;
  return { pid, started: `${bootId()}/${fields[START_TIME_FIELD]}` };
}

/** Whether this very process, not another with its number, still runs. */
export function isAlive(identity: ProcessIdentity): boolean {
  const now = identify(identity.pid);
  if (!now) return false;
  return now.started === null || identity.started === null || now.started === identity.started;
}

/**
 * Processes of PostgreSQL that work in this folder. On Linux their working directory tells, so a stale
 * `postmaster.pid` or a reused pid cannot name an innocent process; elsewhere the pid file and the name do.
 */
export function postgresProcessesIn(clusterDir: string): number[] {
  if (process.platform !== 'linux') return namedByPidFile(clusterDir);
  const folder = statOf(clusterDir);
  if (!folder) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const cwd = statOf(`/proc/${pid}/cwd`);
      return cwd?.dev === folder.dev && cwd.ino === folder.ino && isPostgres(commandName(pid));
    });
}

/** The pid in the first line of `postmaster.pid`, whether it lives or not. */
export function pidFromPidFile(clusterDir: string): number | null {
  const pid = Number.parseInt(readText(join(clusterDir, 'postmaster.pid'))?.split('\n')[0] ?? '', 10);
  return Number.isSafeInteger(pid) && pid > 0 ? pid : null;
}

/** Sends a signal; a process that is gone already is what we wanted. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone, or not ours: the caller looks at the process table again, which is what counts.
  }
}

/** Polls until `done` holds; false when the deadline passed first. */
export async function waitUntil(done: () => boolean, timeout_ms: number, poll_ms = 20): Promise<boolean> {
  const deadline = performance.now() + timeout_ms;
  while (!done()) {
    if (performance.now() > deadline) return false;
    await sleep(poll_ms);
  }
  return true;
}

function namedByPidFile(clusterDir: string): number[] {
  const pid = pidFromPidFile(clusterDir);
  return pid !== null && respondsToSignals(pid) && isPostgres(commandName(pid)) ? [pid] : [];
}

function isPostgres(command: string): boolean {
  const name = command.split('/').pop() ?? '';
  return name === 'postgres' || name === 'initdb';
}

function commandName(pid: number): string {
  if (process.platform === 'linux') return readText(`/proc/${pid}/comm`)?.trim() ?? '';
  try {
    return execFileSync('ps', ['-p', String(pid), '-o', 'comm='], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}

function respondsToSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function statFields(pid: number): string[] | null {
  const text = readText(`/proc/${pid}/stat`);
  return text ? text.slice(text.lastIndexOf(')') + 2).split(' ') : null;
}

function procIsReadable(): boolean {
  return statFields(process.pid) !== null && statFields(1) !== null;
}

function bootId(): string {
  return readText('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function statOf(path: string): { dev: number; ino: number } | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}
