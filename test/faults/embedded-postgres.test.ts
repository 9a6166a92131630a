import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, identify } from '../../src/platform/embedded/process-table.js';
import {
  drafts,
  eventually,
  Owners,
  queryOnce,
  serverProcesses,
  type Owner,
} from '../support/embedded-owners.js';

const owners = new Owners();
afterEach(() => owners.cleanUp());

describe('start and stop', () => {
  it('keeps data across restarts, with page checksums and durable defaults', async () => {
    const dataDir = join(owners.folder(), 'data');
    const first = owners.spawn({ dataDir, database: 'peerledger', settings: { fsync: 'on' } });
    const { url } = await first.ready();
    await queryOnce(url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    expect(await settingsOf(url)).toEqual({
      data_checksums: 'on',
      fsync: 'on',
      synchronous_commit: 'on',
      server_encoding: 'UTF8',
      listen_addresses: '127.0.0.1',
    });
    expect(await first.end('SIGTERM')).toBe(0);

    const second = owners.spawn({ dataDir, database: 'peerledger' });
    const again = await second.ready();
    expect(await queryOnce(again.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    expect(new URL(again.url).pathname).toBe('/peerledger');
    expect(await second.end('SIGTERM')).toBe(0);
  });

  it('asks for the password, which only the owner can read', async () => {
    const dataDir = owners.folder();
    const { url } = await owners.spawn({ dataDir }).ready();
    const wrong = new URL(url);
    wrong.password = 'guess';
    await expect(queryOnce(wrong.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
    expect(statSync(join(dataDir, 'postgresql', 'superuser-password')).mode & 0o777).toBe(0o600);
    expect(statSync(join(dataDir, 'postgresql.log')).mode & 0o777).toBe(0o600);
  });

  it('leaves no process behind after a stop', async () => {
    const dataDir = owners.folder();
    const owner = owners.spawn({ dataDir });
    const { pid } = await owner.ready();
    expect(serverProcesses(dataDir)).toContain(pid);
    expect(await owner.end('SIGTERM')).toBe(0);
    expect(serverProcesses(dataDir)).toEqual([]);
    expect(existsSync(join(dataDir, 'postgresql', 'data', 'postmaster.pid'))).toBe(false);
  });

  it('survives Ctrl-C until the service is done with it', async () => {
    const dataDir = owners.folder();
    const owner = owners.spawn({ dataDir });
    await owner.ready();
    process.kill(-(owner.child.pid ?? 0), 'SIGINT');
    expect(await owner.ended()).toBe(0);
    expect(owner.stdout()).toContain('"last_words":1');
    expect(serverProcesses(dataDir)).toEqual([]);
  });

  it('shuts down by itself when the service leaves without a stop', async () => {
    const dataDir = owners.folder();
    const owner = owners.spawn({ dataDir, leaveWithoutStop: true });
    await owner.ready();
    expect(await owner.end('SIGTERM')).toBe(1);
    await eventually('the server ended', () => serverProcesses(dataDir).length === 0);
  });

  it('tells when the server dies by itself', async () => {
    const owner = owners.spawn({ dataDir: owners.folder() });
    const { pid } = await owner.ready();
    process.kill(pid, 'SIGKILL');
    expect(await owner.ended()).toBe(3);
    expect(owner.stdout()).toContain('{"serverExit":{"code":null,"signal":"SIGKILL"}}');
  });
});

describe('the claim on the data directory', () => {
  it('refuses a second service in a clear sentence, and leaves the first running', async () => {
    const dataDir = owners.folder();
    const first = owners.spawn({ dataDir });
    const { url } = await first.ready();
    const second = owners.spawn({ dataDir });
    expect(await second.ended()).toBe(2);
    expect(second.stderr()).toBe(
      `data_dir_in_use: The data directory "${dataDir}" is in use by a running service ` +
        `(process ${first.child.pid}). Stop that service first, or set DATA_DIR to another folder.\n`,
    );
    expect(await queryOnce(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('lets exactly one of several simultaneous starts win, on a fresh folder and on a dead owner', async () => {
    const dataDir = owners.folder();
    const winner = await onlyWinner(dataDir);
    await winner.end('SIGKILL');
    await onlyWinner(dataDir);
  });

  it('is not fooled by a pid that another process has now', async () => {
    const dataDir = owners.folder();
    writeFileSync(join(dataDir, 'service.7.lock'), JSON.stringify({ pid: process.pid, started: 'long/ago' }));
    await owners.spawn({ dataDir }).ready();
    expect(readdirSync(dataDir).filter((name) => name.endsWith('.lock'))).toEqual(['service.8.lock']);
  });

  it('takes a torn lock file for no owner', async () => {
    const dataDir = owners.folder();
    writeFileSync(join(dataDir, 'service.1.lock'), '{"pid":');
    await owners.spawn({ dataDir }).ready();
  });
});

describe('after a SIGKILL', () => {
  it('goes on with the data, and with one server', async () => {
    const dataDir = owners.folder();
    const first = owners.spawn({ dataDir });
    const before = await first.ready();
    await queryOnce(before.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    const orphan = identify(before.pid);
    await first.end('SIGKILL');
    expect(orphan && isAlive(orphan)).toBe(true);

    const second = owners.spawn({ dataDir });
    const after = await second.ready();
    expect(orphan && isAlive(orphan)).toBe(false);
    expect(await queryOnce(after.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    expect(second.stderr()).toContain(`left behind (process ${before.pid})`);
    expect(postmasters(dataDir)).toEqual([after.pid]);
  });

  it('goes on when the postmaster was killed too and a backend is still busy', async () => {
    const dataDir = owners.folder();
    const first = owners.spawn({ dataDir });
    const { url, pid } = await first.ready();
    const busy = queryOnce(url, 'SELECT count(*) FROM generate_series(1, 100000000000) AS n').catch(() => []);
    const active = "SELECT FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%100000000000%'";
    while ((await queryOnce(url, active)).length < 2) expect(identify(pid)).not.toBeNull();
    await first.end('SIGKILL');
    process.kill(pid, 'SIGKILL');
    const second = owners.spawn({ dataDir });
    const after = await second.ready();
    await busy;
    expect(postmasters(dataDir)).toEqual([after.pid]);
  });

  it('neither blocks on a stale postmaster.pid nor harms the process it names', async () => {
    const dataDir = owners.folder();
    const first = owners.spawn({ dataDir });
    await first.ready();
    expect(await first.end('SIGTERM')).toBe(0);
    const pidFile = join(dataDir, 'postgresql', 'data', 'postmaster.pid');
    writeFileSync(pidFile, `${process.pid}\n/somewhere\n1\n1\n\n127.0.0.1\n 1 1\nready\n`);
    const { pid } = await owners.spawn({ dataDir }).ready();
    expect(readFileSync(pidFile, 'utf8').split('\n')[0]).toBe(String(pid));
  });

  it('recovers from a half-finished initdb', async () => {
    const dataDir = owners.folder();
    const first = owners.spawn({ dataDir });
    await eventually('initdb is at work', () =>
      drafts(dataDir).some((draft) => existsSync(join(dataDir, draft, 'data', 'base', '1'))),
    );
    expect(existsSync(join(dataDir, 'postgresql'))).toBe(false);
    await first.end('SIGKILL');
    const { url } = await owners.spawn({ dataDir }).ready();
    expect(await queryOnce(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(drafts(dataDir)).toEqual([]);
  });
});

describe('a start that cannot go on', () => {
  it('leaves nothing when it is called off in the middle of initdb', async () => {
    const dataDir = owners.folder();
    const owner = owners.spawn({ dataDir });
    await eventually('initdb is at work', () =>
      drafts(dataDir).some((draft) => existsSync(join(dataDir, draft, 'data', 'base'))),
    );
    expect(await owner.end('SIGTERM')).toBe(2);
    expect(owner.stderr()).toBe('aborted: The start of the embedded PostgreSQL was called off.\n');
    expect(drafts(dataDir)).toEqual([]);
    await owners.spawn({ dataDir }).ready();
  });

  it('says that the data is another version’s', async () => {
    const dataDir = owners.folder();
    const first = owners.spawn({ dataDir });
    await first.ready();
    await first.end('SIGTERM');
    writeFileSync(join(dataDir, 'postgresql', 'data', 'PG_VERSION'), '17\n');
    const second = owners.spawn({ dataDir });
    expect(await second.ended()).toBe(2);
    expect(second.stderr()).toMatch(/^version_mismatch: The data in ".*" was made by PostgreSQL 17/);
  });

  it('shows the end of the server’s log, and leaves the folder free for the next', async () => {
    const dataDir = owners.folder();
    const first = owners.spawn({ dataDir, settings: { work_mem: 'plenty' } });
    expect(await first.ended()).toBe(2);
    expect(first.stderr()).toMatch(/server_start_failed: .*\n.*invalid value for parameter "work_mem"/);
    await owners.spawn({ dataDir }).ready();
  });

  it('says that the data directory is a file', async () => {
    const dataDir = join(owners.folder(), 'data');
    writeFileSync(dataDir, '');
    const owner = owners.spawn({ dataDir });
    expect(await owner.ended()).toBe(2);
    expect(owner.stderr()).toMatch(/^data_dir_not_writable: The data directory ".*" cannot be written/);
  });
});

async function onlyWinner(dataDir: string): Promise<Owner> {
  const rivals = Array.from({ length: 5 }, () => owners.spawn({ dataDir }));
  const outcomes = await Promise.allSettled(rivals.map((rival) => rival.ready()));
  const winners = rivals.filter((_, index) => outcomes[index]?.status === 'fulfilled');
  expect(winners).toHaveLength(1);
  for (const loser of rivals.filter((rival) => !winners.includes(rival))) {
    expect(loser.stderr()).toMatch(/^data_dir_in_use: /);
  }
  expect(postmasters(dataDir)).toHaveLength(1);
  return winners[0] as Owner;
}

/** Servers in this folder: processes of PostgreSQL whose parent is none. */
function postmasters(dataDir: string): number[] {
  const all = serverProcesses(dataDir);
  return all.filter((pid) => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !all.includes(Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
  });
}

async function settingsOf(url: string): Promise<Record<string, unknown>> {
  const names = ['data_checksums', 'fsync', 'synchronous_commit', 'server_encoding', 'listen_addresses'];
  const list = names.map((name) => `current_setting('${name}') AS ${name}`).join(', ');
  return (await queryOnce(url, `SELECT ${list}`))[0] ?? {};
}
