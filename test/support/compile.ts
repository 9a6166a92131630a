import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { transform, version as swcVersion, type Options } from '@swc/core';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
const CACHE = join(ROOT, 'node_modules', '.cache', 'peerledger-test');
const COMPILED_FOLDERS = ['src', 'migrations', 'test/support'];
/** Read at run time by modules that look for them beside the compiled tree, as they do beside `dist`. */
const COPIED_FILES = ['package.json', 'openapi.yaml'];
const MAX_AGE_MS = 24 * 60 * 60 * 1000;
const BUILD_VARIABLE = 'PEERLEDGER_TEST_BUILD';

/** As in jest.config.js, so that a child process runs the code that the tests see. */
const SWC_OPTIONS: Options = {
  swcrc: false,
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
  },
  module: { type: 'es6' },
};

/**
 * Compiles the project for child processes, which have no Jest to transform TypeScript for them. Global
 * setup calls it once a run; unchanged sources are not compiled again.
 */
export async function compileProject(): Promise<string> {
  const sources = COMPILED_FOLDERS.flatMap((folder) => filesIn(join(ROOT, folder)));
  const build = join(CACHE, fingerprint(sources));
  if (existsSync(build)) {
    utimesSync(build, new Date(), new Date());
  } else {
    await compileInto(build, sources);
    removeOldBuilds(build);
  }
  process.env[BUILD_VARIABLE] = build;
  return build;
}

/** A file of the compiled tree, by its name there. */
export function compiledFile(name: string): string {
  const build = process.env[BUILD_VARIABLE];
  if (!build) throw new Error('The project is not compiled: its files are there under Jest only.');
  const path = join(build, name);
  if (!existsSync(path)) throw new Error(`There is no compiled file of "${name}".`);
  return path;
}

/** The compiled file of a source, for `spawn(process.execPath, [compiledEntry('src/worker.ts')])`. */
export function compiledEntry(source: string): string {
  return compiledFile(source.replace(/\.ts$/, '.js'));
}

async function compileInto(build: string, sources: readonly string[]): Promise<void> {
  mkdirSync(CACHE, { recursive: true });
  const draft = mkdtempSync(join(CACHE, 'draft-'));
  try {
    await Promise.all(sources.map((source) => compileFile(source, draft)));
    // Each test file would take a third of a second to read the YAML.
    writeFileSync(
      join(draft, 'openapi.json'),
      JSON.stringify(parse(readFileSync(join(ROOT, 'openapi.yaml'), 'utf8'))),
    );
    for (const name of COPIED_FILES) {
      if (existsSync(join(ROOT, name))) copyFileSync(join(ROOT, name), join(draft, name));
    }
    chmodSync(draft, 0o755);
    renameSync(draft, build);
  } catch (error) {
    // Another run finished the same build first.
    if (!existsSync(build)) throw error;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

async function compileFile(source: string, draft: string): Promise<void> {
  const target = join(draft, relative(ROOT, source));
  mkdirSync(dirname(target), { recursive: true });
  if (!source.endsWith('.ts') || source.endsWith('.d.ts')) return copyFileSync(source, target);
  writeFileSync(target.replace(/\.ts$/, '.js'), await compiledText(source));
}

/** A file with a syntax error fails whoever imports it, not the tests of every other room. */
async function compiledText(source: string): Promise<string> {
  try {
    const { code } = await transform(readFileSync(source, 'utf8'), { ...SWC_OPTIONS, filename: source });
    return code;
  } catch (error) {
    return `throw new Error(${JSON.stringify(`${source} does not compile: ${String(error)}`)});\n`;
  }
}

function fingerprint(sources: readonly string[]): string {
  const hash = createHash('sha256').update(swcVersion).update(JSON.stringify(SWC_OPTIONS));
  const copied = COPIED_FILES.map((name) => join(ROOT, name)).filter((path) => existsSync(path));
  for (const path of [...sources, ...copied]) {
    hash.update(relative(ROOT, path)).update('\0').update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex').slice(0, 24);
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function removeOldBuilds(current: string): void {
  for (const name of readdirSync(CACHE)) {
    const path = join(CACHE, name);
    try {
      if (path !== current && Date.now() - statSync(path).mtimeMs > MAX_AGE_MS)
        rmSync(path, { recursive: true });
    } catch {
      // Another run is removing it.
    }
  }
}
