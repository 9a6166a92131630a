/**
 * A stand-in for the service: a process that owns an embedded server, for tests that kill it. It prints
 * one line of JSON once the server is ready, stops it on SIGTERM or SIGINT, and shows failures as the
 * service does: the sentence alone, and a non-zero exit.
 */
import pg from 'pg';
import {
  EmbeddedPostgresError,
  startEmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from '../../src/platform/embedded/index.js';

export interface OwnerOptions extends Omit<EmbeddedPostgresOptions, 'log' | 'signal'> {
  /** Leave with `process.exit` on SIGTERM, without a stop. */
  leaveWithoutStop?: boolean;
}

const { leaveWithoutStop, ...options } = JSON.parse(process.argv[2] ?? '{}') as OwnerOptions;
const calledOff = new AbortController();
const callOff = (): void => calledOff.abort();
process.once('SIGTERM', callOff);
// The test that started us is gone.
process.stdin.resume().once('close', () => process.exit(4));

try {
  const server = await startEmbeddedPostgres({
    ...options,
    signal: calledOff.signal,
    log: (line) => console.error(`log: ${line}`),
  });
  process.removeListener('SIGTERM', callOff);
  server.onExit((exit) => {
    console.log(JSON.stringify({ serverExit: exit }));
    process.exitCode = 3;
    void server.stop().then(() => process.exit());
  });
  const end = async (): Promise<void> => {
    if (leaveWithoutStop) process.exit(1);
    // What is in flight still reaches the database after the signal.
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    const { rows } = await client.query('SELECT 1 AS last_words');
    await client.end();
    console.log(JSON.stringify(rows[0]));
    await Promise.all([server.stop(), server.stop()]);
    process.exit(0);
  };
  process.once('SIGTERM', () => void end());
  process.once('SIGINT', () => void end());
  console.log(JSON.stringify({ url: server.url, pid: server.pid }));
} catch (error) {
  if (!(error instanceof EmbeddedPostgresError)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exit(2);
}
