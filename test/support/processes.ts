import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { stopOrphanedPostgres } from '../../src/platform/embedded/index.js';
import { compiledEntry } from './compile.js';
import { UNTHROTTLED } from './unthrottled.js';
import { until } from './until.js';

const READY_MS = 40_000;

/** A process of the service. */
export interface Service {
  child: ChildProcess;
  pid: number;
  stdout(): string;
  stderr(): string;
  isRunning(): boolean;
  /** Waits until it says that it runs; fails with its output when it ends instead. */
  ready(): Promise<Service>;
  /** Where its API listens. */
  url(): string;
  /** The operator key, where it printed one. */
  operatorKey(): string | undefined;
  /** Waits for its end: the exit code, or the signal that ended it. */
  ended(): Promise<number | NodeJS.Signals>;
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals>;
}

/** Processes and folders of one test file, all removed by `cleanUp`. */
export class Processes {
  private readonly services: Service[] = [];
  private readonly folders: string[] = [];

  folder(): string {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'peerledger-service-')));
    this.folders.push(folder);
    return folder;
  }

  /** API and worker in one process, on the embedded database unless the environment names another. */
  main(environment: Record<string, string>, args: string[] = ['--with-worker']): Service {
    return this.spawn('src/main.ts', { PORT: '0', ...environment }, args);
  }

  worker(environment: Record<string, string>): Service {
    return this.spawn('src/worker.ts', environment, []);
  }

  /** A command of the service, which ends by itself. */
  command(entry: string, environment: Record<string, string>, args: string[] = []): Service {
    return this.spawn(entry, environment, args);
  }

  async cleanUp(): Promise<void> {
    for (const service of this.services.splice(0)) {
      if (service.isRunning()) await service.end('SIGKILL');
    }
    const folders = this.folders.splice(0);
    for (const dataDir of folders.flatMap((folder) => [folder, join(folder, 'postgresql')])) {
      if (existsSync(join(dataDir, 'postgresql'))) await stopOrphanedPostgres(dataDir);
    }
    for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }

  private spawn(entry: string, environment: Record<string, string>, args: string[]): Service {
    const child = spawn(process.execPath, [compiledEntry(entry), ...args], {
      // Not where an `.env` of this machine lies.
      cwd: '/',
      // Nothing but what the test says: a developer's own DATABASE_URL must not reach it.
      env: {
        PATH: process.env['PATH'],
        LOG_LEVEL: 'warn',
        SCHEDULE_INTERVAL_S: '86400',
        ...UNTHROTTLED,
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const service = serviceOf(child);
    this.services.push(service);
    return service;
  }
}

function serviceOf(child: ChildProcess): Service {
  let stdout = '';
  let stderr = '';
  child.stdout!.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr!.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const closed = once(child, 'close');
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  const ended = async (): Promise<number | NodeJS.Signals> => {
    await closed;
    return child.exitCode ?? child.signalCode!;
  };
  const service: Service = {
    child,
    pid: child.pid!,
    stdout: () => stdout,
    stderr: () => stderr,
    isRunning,
    ready: async () => {
      const runs = (): boolean => /listens on|worker runs/.test(stdout);
      await until('the service runs or ended', () => runs() || !isRunning(), READY_MS);
      if (runs()) return service;
      throw new Error(`The service ended with ${await ended()}: ${stdout}${stderr}`);
    },
    url: () => /listens on (https?:\/\/[^\s]+)/.exec(stdout)![1]!,
    operatorKey: () => /plk_live_\w+/.exec(stdout)?.[0],
    ended,
    end: async (signal) => {
      child.kill(signal);
      return ended();
    },
  };
  return service;
}

/** A port that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Holds a start that failed to one clear sentence: no stack, nothing promised on standard output, code 1. */
export async function expectComplaint(service: Service, sentence: RegExp, lines = 1): Promise<void> {
  expect({ code: await service.ended(), stderr: service.stderr() }).toEqual({
    code: 1,
    stderr: expect.stringMatching(sentence),
  });
  expect(service.stderr().trimEnd().split('\n')).toHaveLength(lines);
  expect(service.stderr()).not.toMatch(/node_modules|^\s+at |Error:/m);
  expect(service.stdout()).not.toMatch(/plk_live|listens on/);
}
