import { realpathSync, rmSync, writeFileSync, chownSync } from 'node:fs';
import { join, resolve } from 'node:path';
import pg from 'pg';
import {
  copyBases,
  loadPlatformPackage,
  majorVersion,
  usableBinaries,
  type Binaries,
  type PlatformPackage,
} from './binaries.js';
import {
  adoptFiles,
  checkCluster,
  createClusterIfAbsent,
  layoutOf,
  makeDataDir,
  readPassword,
  removeAbandonedDrafts,
  SUPERUSER,
  type Layout,
} from './cluster.js';
import { diskFull, EmbeddedPostgresError, explainWriteFailure, systemCode } from './errors.js';
import { claimDataDir, type OwnerLock } from './owner-lock.js';
import { postgresProcessesIn } from './process-table.js';
import { startServer, stopOrphans, type ServerExit, type ServerProcess } from './server-process.js';
import { serverUserCandidates, type ServerUser } from './server-user.js';

export interface EmbeddedPostgresOptions {
  /** Made when absent. Holds the cluster, its password, its log and the claim of the running service. */
  dataDir: string;
  /** Server settings over the defaults, as in postgresql.conf. */
  settings?: Record<string, string>;
  /** The database that `url` names, made when absent. */
  database?: string;
  /** Hears what an operator may want to know, a sentence at a time. */
  log?: (line: string) => void;
  /** Calls the start off; it then fails with the code `aborted` and leaves no process behind. */
  signal?: AbortSignal;
  /** Where programs are copied to when the server's user cannot run them in place; a system cache by default. */
  runtimeDir?: string;
  /** How long the server may take until it accepts connections; crash recovery can be slow. */
  startTimeout_ms?: number;
}

/** A running embedded server. */
export interface EmbeddedPostgres {
  /** `postgres://` with the superuser and its password, on 127.0.0.1. */
  url: string;
  port: number;
  /** The postmaster's process. */
  pid: number;
  /** Shuts the server down and gives the data directory free. May be called more than once. */
  stop(): Promise<void>;
  /** Tells when the server ends without `stop()`; at once if it already has. */
  onExit(callback: (exit: ServerExit) => void): void;
}

/** Durability is PostgreSQL's own: fsync and synchronous_commit stay on. Sizes fit a small machine. */
const DEFAULT_SETTINGS: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '128MB',
  max_wal_size: '1GB',
  password_encryption: 'scram-sha-256',
  log_timezone: 'UTC',
  timezone: 'UTC',
};

const START_TIMEOUT_MS = 300_000;
const CONNECT_TIMEOUT_MS = 10_000;
/** PostgreSQL's own code for it. */
const DISK_FULL = '53100';

/**
 * Runs a PostgreSQL of its own under `dataDir`, made on the first start and kept across restarts.
 * Fails with an `EmbeddedPostgresError` whose message is meant for the operator.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const requested = resolve(options.dataDir);
  try {
    makeDataDir(requested);
    const layout = layoutOf(realpathSync(requested));
    const lock = claimDataDir(layout.dataDir);
    try {
      return await startClaimed(layout, lock, options);
    } catch (error) {
      lock.release();
      throw error;
    }
  } catch (error) {
    throw explainWriteFailure(error, requested);
  }
}

async function startClaimed(
  layout: Layout,
  lock: OwnerLock,
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const { signal, log = () => undefined } = options;
  const settings = { ...DEFAULT_SETTINGS, ...options.settings };
  const source = await loadPlatformPackage();
  const { user, binaries } = chooseUser(source, layout, options.runtimeDir);
  await removeAbandonedDrafts(layout);
  const durable = settings['fsync'] !== 'off';
  const created = await createClusterIfAbsent(layout, { binaries, user, durable, signal });
  if (created) log(`Created a PostgreSQL database in "${layout.home}".`);
  checkCluster(layout, majorVersion(source));
  await clearRemains(layout, log);
  adoptFiles(layout, user);
  const server = await startServer({
    ...{ binaries, user, layout, settings, signal, log },
    startTimeout_ms: options.startTimeout_ms ?? START_TIMEOUT_MS,
  });
  try {
    const database = options.database ?? SUPERUSER;
    await ensureDatabase(urlOf(layout, server.port, SUPERUSER), database, layout.dataDir);
    return handleOf(lock, server, urlOf(layout, server.port, database));
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** The first user that may own files here and can run the programs. */
function chooseUser(
  source: PlatformPackage,
  layout: Layout,
  runtimeDir: string | undefined,
): { user: ServerUser; binaries: Binaries } {
  let failure: Error = new EmbeddedPostgresError(
    'server_user_missing',
    'PostgreSQL does not run as root, and this system has no user "peerledger", "postgres" or "nobody" to run it as. ' +
      'Start the service as an ordinary user, or add one of these users.',
  );
  for (const user of serverUserCandidates([layout.cluster, layout.dataDir])) {
    try {
      tryOwnership(layout.dataDir, user);
      return {
        user,
        binaries: usableBinaries(source, user, runtimeDir ? [runtimeDir] : copyBases(user, layout.dataDir)),
      };
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
    }
  }
  throw failure;
}

/** A root without its privileges (a bare container, some network disks) cannot hand files to others. */
function tryOwnership(dataDir: string, user: ServerUser): void {
  if (user.kind !== 'dropped') return;
  const probe = join(dataDir, `service.${process.pid}.owner`);
  try {
    writeFileSync(probe, '');
    chownSync(probe, user.uid, user.gid);
  } finally {
    rmSync(probe, { force: true });
  }
}

/** Ends an orphaned server and sweeps its pid file, whose number may by now be somebody else's. */
async function clearRemains(layout: Layout, log: (line: string) => void): Promise<void> {
  await stopOrphans(layout.cluster, log);
  if (postgresProcessesIn(layout.cluster).length === 0) {
    rmSync(join(layout.cluster, 'postmaster.pid'), { force: true });
  }
}

function handleOf(lock: OwnerLock, server: ServerProcess, url: string): EmbeddedPostgres {
  let stopping: Promise<void> | null = null;
  const stop = async (): Promise<void> => {
    await server.stop();
    lock.release();
  };
  return {
    url,
    port: server.port,
    pid: server.pid,
    stop: () => (stopping ??= stop()),
    onExit(callback) {
      void server.exited.then((exit) => {
        if (!stopping) callback(exit);
      });
    },
  };
}

function urlOf(layout: Layout, port: number, database: string): string {
  const password = encodeURIComponent(readPassword(layout));
  return `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
}

/** Proves that the server answers us, and makes the service's database on the first start. */
async function ensureDatabase(adminUrl: string, database: string, dataDir: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  // A server that dies now is reported by the failing query; without a listener it would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [database]);
    if (!rowCount) await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}`);
  } catch (error) {
    if (systemCode(error) === DISK_FULL) throw diskFull(dataDir, 'while making the database', error);
    throw new EmbeddedPostgresError(
      'server_start_failed',
      `The embedded PostgreSQL started but does not answer: ${error instanceof Error ? error.message : String(error)}.`,
      { cause: error },
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** For tests that were killed: stops a server left behind in this data directory, if nobody owns it. */
export async function stopOrphanedPostgres(dataDir: string): Promise<void> {
  const layout = layoutOf(realpathSync(resolve(dataDir)));
  const lock = claimDataDir(layout.dataDir);
  try {
    await stopOrphans(layout.cluster, () => undefined);
  } finally {
    lock.release();
  }
}
