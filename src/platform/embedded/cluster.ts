import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Binaries } from './binaries.js';
import { diskFull, EmbeddedPostgresError, notWritable, systemCode } from './errors.js';
import { postgresProcessesIn, sendSignal, waitUntil } from './process-table.js';
import { dataDirArgument, launchAs, type ServerUser } from './server-user.js';

/** Where things lie under the data directory. */
export interface Layout {
  dataDir: string;
  /** Made in one piece: it exists with a complete cluster and its password, or not at all. */
  home: string;
  cluster: string;
  passwordFile: string;
  logFile: string;
}

export const SUPERUSER = 'postgres';

const DRAFT_PREFIX = 'postgresql.new-';
const INITDB_TIMEOUT_MS = 180_000;

/** Names the places under a data directory. */
export function layoutOf(dataDir: string): Layout {
  const home = join(dataDir, 'postgresql');
  return { dataDir, ...placesIn(home), logFile: join(dataDir, 'postgresql.log') };
}

export interface InitOptions {
  binaries: Binaries;
  user: ServerUser;
  /** False in tests only: skips flushing the new files to the disk. */
  durable: boolean;
  signal?: AbortSignal | undefined;
}

/** Makes the cluster on the first start. A draft folder is renamed at the end, so a kill leaves no half. */
export async function createClusterIfAbsent(layout: Layout, options: InitOptions): Promise<boolean> {
  if (options.signal?.aborted) throw aborted();
  if (existsSync(layout.home)) return false;
  const draft = mkdtempSync(join(layout.dataDir, DRAFT_PREFIX));
  const places = placesIn(draft);
  try {
    mkdirSync(places.cluster, { mode: 0o700 });
    writeFileSync(places.passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
    giveTo(options.user, draft, places.cluster, places.passwordFile);
    await runInitdb(places.cluster, layout.dataDir, options);
    if (options.durable) [places.passwordFile, draft].forEach(flush);
    renameSync(draft, layout.home);
    if (options.durable) flush(layout.dataDir);
    return true;
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
}

/** Sweeps away the drafts of starts that were killed in mid-initdb; the caller holds the claim. */
export async function removeAbandonedDrafts(layout: Layout): Promise<void> {
  for (const name of readdirSync(layout.dataDir)) {
    if (!name.startsWith(DRAFT_PREFIX)) continue;
    const draft = join(layout.dataDir, name);
    await waitUntil(() => {
      const left = postgresProcessesIn(join(draft, 'data'));
      left.forEach((pid) => sendSignal(pid, 'SIGKILL'));
      return left.length === 0;
    }, 10_000);
    rmSync(draft, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Fails when the cluster is incomplete or was made by another major version. */
export function checkCluster(layout: Layout, major: string): void {
  const found = readIfPresent(join(layout.cluster, 'PG_VERSION'));
  if (found === null || readIfPresent(layout.passwordFile) === null) {
    throw new EmbeddedPostgresError(
      'cluster_damaged',
      `The folder "${layout.home}" holds no complete PostgreSQL cluster. ` +
        'Restore it from a backup, or move it away to start with an empty database.',
    );
  }
  if (found === major) return;
  throw new EmbeddedPostgresError(
    'version_mismatch',
    `The data in "${layout.cluster}" was made by PostgreSQL ${found}, and this release brings PostgreSQL ${major}. ` +
      'Dump it with the release that made it and load it into this one, or set DATA_DIR to another folder.',
  );
}

/** Hands the cluster to the server's user where it has another owner, as after a copy made by root. */
export function adoptFiles(layout: Layout, user: ServerUser): void {
  // A mapped server still is this process's own user to the file system.
  const owner =
    user.kind === 'dropped' ? user : { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  for (const path of [layout.home, layout.cluster, layout.passwordFile]) {
    if (statSync(path).uid !== owner.uid) return chownTree(layout.home, owner);
  }
}

/** The superuser's password, as made on the first start. */
export function readPassword(layout: Layout): string {
  return readFileSync(layout.passwordFile, 'utf8').trim();
}

/** The environment of PostgreSQL's programs: ours, without what would redirect or translate them. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG|NODE_)/.test(name));
  return { ...Object.fromEntries(kept), LC_ALL: 'C' };
}

function placesIn(home: string): Pick<Layout, 'home' | 'cluster' | 'passwordFile'> {
  return { home, cluster: join(home, 'data'), passwordFile: join(home, 'superuser-password') };
}

async function runInitdb(cluster: string, dataDir: string, options: InitOptions): Promise<void> {
  const launch = launchAs(options.user, options.binaries.initdb, [
    ...['-D', dataDirArgument(options.user, cluster), '--username', SUPERUSER, '--encoding=UTF8'],
    // The built-in C.UTF-8 sorts by code point on every system, and knows the case of all letters.
    ...['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--data-checksums'],
    // Named from inside the cluster: the dropped user may be unable to walk the whole path.
    ...['--auth=scram-sha-256', '--pwfile=../superuser-password'],
    ...(options.durable ? [] : ['--no-sync']),
  ]);
  const { code, output } = await run(launch, cluster, options.signal);
  if (options.signal?.aborted) throw aborted();
  if (code === 0) return;
  if (/No space left on device|Disk quota exceeded/.test(output))
    throw diskFull(dataDir, 'while creating the database');
  throw new EmbeddedPostgresError(
    'initdb_failed',
    `The embedded PostgreSQL could not create its database in "${dataDir}": ${lastLines(output)}`,
  );
}

/** The start was called off. */
export function aborted(): EmbeddedPostgresError {
  return new EmbeddedPostgresError('aborted', 'The start of the embedded PostgreSQL was called off.');
}

/** The end of a program's output, where it says what went wrong. */
export function lastLines(output: string, count = 8): string {
  return output.trim().split('\n').slice(-count).join('\n') || 'it said nothing';
}

function run(
  launch: ReturnType<typeof launchAs>,
  cwd: string,
  signal: AbortSignal | undefined,
): Promise<{ code: number | null; output: string }> {
  const { command, args, ...identity } = launch;
  return new Promise((resolve, reject) => {
    // Detached, so that Ctrl-C reaches us alone and we end it in order, its children with it.
    const child = spawn(command, args, {
      ...identity,
      cwd,
      env: serverEnvironment(),
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const collect = (chunk: Buffer): void => void (output = (output + chunk.toString()).slice(-20_000));
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    const kill = (): void => {
      if (child.pid !== undefined) sendSignal(-child.pid, 'SIGKILL');
    };
    const timer = setTimeout(kill, INITDB_TIMEOUT_MS);
    signal?.addEventListener('abort', kill, { once: true });
    process.once('exit', kill);
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', kill);
      process.removeListener('exit', kill);
    };
    child.once('error', (error) => (settle(), reject(error)));
    child.once('close', (code) => (settle(), resolve({ code, output })));
  });
}

/** Null when the file is absent; a file that may not be read is another matter and throws. */
function readIfPresent(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}

function giveTo(user: ServerUser, ...paths: string[]): void {
  if (user.kind !== 'dropped') return;
  for (const path of paths) chownSync(path, user.uid, user.gid);
}

function chownTree(path: string, owner: { uid: number; gid: number }): void {
  lchownSync(path, owner.uid, owner.gid);
  const entries = readdirSync(path, { withFileTypes: true });
  for (const entry of entries) {
    const child = join(path, entry.name);
    if (entry.isDirectory()) chownTree(child, owner);
    else lchownSync(child, owner.uid, owner.gid);
  }
}

function flush(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Makes the data directory, closed to others. */
export function makeDataDir(dataDir: string): void {
  if (existsSync(dataDir) && statSync(dataDir).isDirectory()) return;
  try {
    mkdirSync(dataDir, { recursive: true });
  } catch (error) {
    // Node reports a read-only file system so, when it makes the folders above as well.
    if (systemCode(error) === 'ENOENT') throw notWritable(dataDir, 'read-only or dangling', error);
    throw error;
  }
  chmodSync(dataDir, 0o700);
}
