import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { stopOrphanedPostgres } from '../../src/platform/embedded/index.js';
import { postgresProcessesIn, waitUntil } from '../../src/platform/embedded/process-table.js';
import { compiledEntry } from './compile.js';
import type { OwnerOptions } from './embedded-owner.js';

const DEADLINE_MS = 40_000;

/** A started process of `embedded-owner.ts`. */
export interface Owner {
  child: ChildProcess;
  stdout: () => string;
  stderr: () => string;
  /** Resolves once its server is ready; fails with its error output when it ends before. */
  ready(): Promise<{ url: string; pid: number }>;
  /** Sends the signal and waits for the end: the exit code, or null when a signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** Waits for an end that comes by itself. */
  ended(): Promise<number | null>;
}

export interface SpawnOptions {
  uid?: number;
  gid?: number;
  /** Another file than this build's `embedded-owner`. */
  entry?: string;
  /** A command that runs node, as `setpriv` with its flags. */
  through?: string[];
}

/** Folders and processes of one test file, all removed by `cleanUp`. */
export class Owners {
  private readonly children: ChildProcess[] = [];
  private readonly folders: string[] = [];

  /** A fresh folder of mode 0700. */
  folder(): string {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'peerledger-faults-')));
    this.folders.push(folder);
    return folder;
  }

  spawn(options: OwnerOptions, how: SpawnOptions = {}): Owner {
    const { entry = compiledEntry('test/support/embedded-owner.ts'), through = [], ...identity } = how;
    const settings = { fsync: 'off', ...options.settings };
    const program = [...through, process.execPath, entry, JSON.stringify({ ...options, settings })];
    const child = spawn(program[0] ?? '', program.slice(1), {
      ...identity,
      cwd: '/',
      // A session of its own, so that a test can send a signal to the whole group as a terminal does.
      detached: true,
      // It ends when its input does, so a killed test run leaves no owner behind.
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.children.push(child);
    return ownerOf(child);
  }

  async cleanUp(): Promise<void> {
    for (const child of this.children.splice(0)) {
      if (isRunning(child) && child.kill('SIGKILL')) await once(child, 'exit');
    }
    const folders = this.folders.splice(0);
    // All servers first: a folder that cannot be removed must not keep one of them alive.
    for (const dataDir of folders.flatMap((folder) => [folder, join(folder, 'data')])) {
      if (existsSync(join(dataDir, 'postgresql'))) await stopOrphanedPostgres(dataDir);
    }
    for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** One statement on one connection. */
export async function queryOnce(url: string, sql: string): Promise<pg.QueryResultRow[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows as pg.QueryResultRow[];
  } finally {
    await client.end();
  }
}

/** Processes of PostgreSQL in the cluster of this data directory. */
export function serverProcesses(dataDir: string): number[] {
  return postgresProcessesIn(join(dataDir, 'postgresql', 'data'));
}

/** Waits for a condition; fails with its name when it does not come. */
export async function eventually(what: string, condition: () => boolean): Promise<void> {
  if (!(await waitUntil(condition, DEADLINE_MS, 5))) throw new Error(`It did not come to pass: ${what}`);
}

/** The drafts of clusters that were not finished. */
export function drafts(dataDir: string): string[] {
  return existsSync(dataDir) ? readdirSync(dataDir).filter((name) => name.startsWith('postgresql.new-')) : [];
}

function ownerOf(child: ChildProcess): Owner {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const closed = once(child, 'close');
  const ended = async (): Promise<number | null> => {
    await closed;
    return child.exitCode;
  };
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    ready: async () => {
      await eventually('the owner is ready or ended', () => stdout.includes('\n') || !isRunning(child));
      if (!stdout.includes('\n')) {
        await closed;
        throw new Error(`The owner ended with ${child.exitCode ?? child.signalCode}: ${stderr}`);
      }
      return JSON.parse(stdout.split('\n')[0] ?? '') as { url: string; pid: number };
    },
    end: async (signal) => {
      child.kill(signal);
      return ended();
    },
  };
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}
