import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
const CRUISER = join(ROOT, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
const CONFIGURATION = join(ROOT, '.dependency-cruiser.js');

const { default: configuration, FLOORS } = (await import(CONFIGURATION)) as {
  default: { forbidden: { name: string }[] };
  FLOORS: string[][];
};

/** Every breach of the import rules in a tree: `rule: importer -> imported`. */
async function breachesIn(folder: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [CRUISER, '--config', CONFIGURATION, '--output-type', 'json', 'src', 'migrations'],
    { cwd: folder, maxBuffer: 64 * 1024 * 1024 },
  );
  const { summary } = JSON.parse(stdout) as {
    summary: { violations: { rule: { name: string }; from: string; to: string }[]; totalCruised: number };
  };
  return summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
}

function filesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1));
}

describe('the code', () => {
  it('imports only what the rules allow', async () => {
    expect(await breachesIn(ROOT)).toEqual([]);
  });

  it('has every room on its floor', () => {
    const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== 'demo')
      .map(({ name }) => name);
    expect(folders.filter((name) => !FLOORS.flat().includes(name))).toEqual([]);
  });

  it('reads no clock and draws no random number in rules', () => {
    const IMPURE =
      /\bDate\.now\b|\bnew Date\(\)|\bTemporal\.Now\b|\bperformance\b|\bMath\.random\b|\brandom(?:Bytes|UUID|Int)\b/;
    const rules = filesIn('src').filter((path) => /\/rules\/.*\.ts$/.test(path));
    expect(rules.length).toBeGreaterThan(20);
    expect(rules.filter((path) => IMPURE.test(readFileSync(join(ROOT, path), 'utf8')))).toEqual([]);
  });

  it('gives everything a name of its own', () => {
    const NAMELESS = /^(?:utils?|commons?|helpers?|shared|managers?|base)$/i;
    const folders = ['src', 'migrations', 'scripts', 'test', 'bench'].filter((folder) =>
      existsSync(join(ROOT, folder)),
    );
    const paths = folders.flatMap((folder) => filesIn(folder));
    // The words of a name: `price-utils.ts` is no better than `utils.ts`.
    const isNameless = (path: string): boolean => path.split(/[/.-]/).some((word) => NAMELESS.test(word));
    expect(paths.filter(isNameless)).toEqual([]);
  });
});

/** For each rule, a file that breaks it, and what it imports. Rules about floors are tried apart. */
const BREACHES: Record<string, [importer: string, statement: string]> = {
  'rooms-are-entered-by-their-index': [
    'src/traffic/traffic.service.ts',
    "import '../agreements/sql/find-agreement.js';",
  ],
  'parts-of-platform-are-entered-by-their-index': [
    'src/platform/http/health.ts',
    "import '../database/database.js';",
  ],
  'the-root-enters-rooms-by-their-index': ['src/service.ts', "import './traffic/traffic.service.js';"],
  'few-files-see-every-room': ['src/new-key.ts', "import './settlement/index.js';"],
  'rooms-do-not-see-the-root': ['src/traffic/intake.ts', "import '../service.js';"],
  'rules-run-rules-only': ['src/settlement/rules/statement.ts', "import '../../agreements/index.js';"],
  'rules-take-types-from-doors-only': [
    'src/settlement/rules/credit.ts',
    "import type { Row } from '../sql/credit-row.js';",
  ],
  'rules-need-no-machinery': ['src/traffic/rules/usage.ts', "import 'node:fs';"],
  'the-intake-thread-runs-rules-only': [
    'src/traffic/intake/reader.ts',
    "import '../../agreements/index.js';",
  ],
  'pure-rooms-hold-rules-only': ['src/rating/rating.service.ts', "import 'typeorm';"],
  'sql-runs-sql-only': ['src/settlement/sql/insert.ts', "import '../../platform/ids/index.js';"],
  'sql-takes-types-of-its-rules-and-below': [
    'src/settlement/sql/list.ts',
    "import type { View } from '../http/view.js';",
  ],
  'only-the-room-runs-its-sql': ['src/traffic/http/batches.controller.ts', "import '../sql/insert.js';"],
  'only-the-database-sees-migrations': ['src/traffic/schema.ts', "import '../../migrations/index.js';"],
  'migrations-see-nothing-of-ours': ['migrations/1-first.ts', "import '../src/money/index.js';"],
  'no-cycles': ['src/ledger/chicken.ts', "import './egg.js';"],
  'machinery-stays-in-platform': ['src/ledger/ledger.service.ts', "import 'typeorm';"],
  'imports-are-there': ['src/ledger/forgotten.ts', "import 'not-installed';"],
  'what-ships-needs-no-development-package': ['src/platform/http/body.ts', "import 'jest';"],
  'what-ships-needs-no-tests': ['src/ledger/proof.ts', "import '../../test/support/api.js';"],
};

/** What must stay allowed, or the rules above could be kept by nobody. */
const ALLOWED: Record<string, string> = {
  'src/settlement/rules/allowed.ts':
    "import '../../money/index.js'; import '../../rating/index.js'; import '../../agreements/rules/terms.js'; " +
    "import type { Terms } from '../../agreements/index.js'; import 'canonicalize'; import 'node:crypto';",
  'src/traffic/intake/allowed.ts':
    "import '../../agreements/rules/terms.js'; import '../../money/index.js'; import 'node:worker_threads'; " +
    "import type { Terms } from '../../agreements/index.js'; import '../../platform/json/index.js';",
  'src/settlement/sql/allowed.ts':
    "import '../../platform/database/index.js'; import './insert.js'; " +
    "import type { Rule } from '../rules/statement.js'; import type { Terms } from '../../agreements/index.js';",
  'src/settlement/http/allowed.ts':
    "import '../settlement.service.js'; import type { Row } from '../sql/credit-row.js';",
  'src/demo/main.ts': "import '../service.js'; import '../settlement/index.js';",
};

const NEIGHBOURS = [
  ...FLOORS.flat().map((room) => `src/${room}/index.ts`),
  ...['database', 'ids', 'json'].map((part) => `src/platform/${part}/index.ts`),
  'src/platform/database/database.ts',
  'src/agreements/rules/terms.ts',
  'src/agreements/sql/find-agreement.ts',
  'src/settlement/settlement.service.ts',
  'src/settlement/sql/credit-row.ts',
  'src/settlement/http/view.ts',
  'src/traffic/sql/insert.ts',
  'migrations/index.ts',
  'test/support/api.ts',
  ...['canonicalize', 'typeorm', 'jest'].map((name) => `node_modules/${name}/index.js`),
];

describe('each import rule', () => {
  let folder: string;
  let found: string[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'imports-'));
    for (const path of NEIGHBOURS) write(path, 'export {};');
    for (const name of ['canonicalize', 'typeorm', 'jest']) {
      write(`node_modules/${name}/package.json`, JSON.stringify({ name, main: 'index.js' }));
    }
    const dependencies = { canonicalize: '*', typeorm: '*' };
    write('package.json', JSON.stringify({ type: 'module', dependencies, devDependencies: { jest: '*' } }));
    for (const [importer, statement] of Object.values(BREACHES)) write(importer, statement);
    for (const [importer, statements] of Object.entries(ALLOWED)) write(importer, statements);
    write('src/ledger/egg.ts', "import './chicken.js';");
    // Each room reaches for its own floor, or up: the highest floor for one that is not there at all.
    FLOORS.forEach((floor, height) => {
      for (const room of floor) {
        const above = FLOORS[height + 1]?.[0] ?? 'console';
        write(`src/${above}/index.ts`, 'export {};');
        write(`src/${room}/upwards.ts`, `import '../${above}/index.js';`);
      }
    });
    found = await breachesIn(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function write(path: string, text: string): void {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${text}\n`);
  }

  it.each(Object.entries(BREACHES))('%s fails on a breach', (rule, [importer]) => {
    expect(found).toContainEqual(expect.stringMatching(`^${rule}: ${importer} -> `));
  });

  it.each(FLOORS.flat())('%s cannot import upwards', (room) => {
    const breach = `${room}-imports-downwards-only: src/${room}/upwards.ts -> `;
    expect(found).toContainEqual(expect.stringContaining(breach));
  });

  it('is tried here', () => {
    const tried = [
      ...Object.keys(BREACHES),
      ...FLOORS.flat().map((room) => `${room}-imports-downwards-only`),
    ];
    expect(configuration.forbidden.map(({ name }) => name).sort()).toEqual(tried.sort());
  });

  it.each(Object.keys(ALLOWED))('lets %s be', (importer) => {
    expect(found.filter((breach) => breach.includes(`: ${importer} -> `))).toEqual([]);
  });
});
