/**
 * Who may import whom. `test/architecture/imports.test.ts` fails the build on a breach, and shows for each
 * rule that it can fail. The reasons are in CONTRIBUTING.md and docs/decisions/rules-import-rules.md.
 */

/** The rooms from the ground up: each imports only what stands before its own line. */
export const FLOORS = [
  ['money', 'period'],
  ['platform'],
  ['access'],
  ['jobs'],
  ['providers'],
  ['agreements'],
  ['traffic'],
  ['reconciliation', 'rating', 'ledger'],
  ['settlement'],
  ['payments', 'disputes', 'renderings'],
  ['integrity'],
];

/** Rooms of rules alone: their door opens on nothing else, so that rules may enter by it. */
const PURE_ROOMS = ['money', 'period', 'rating'];

/** Files that see every room; the other files at the root see platform and access. */
const ROOT_FILES = [
  'app.module',
  'command',
  'ledger-verify',
  'main',
  'reseal-customer-keys',
  'rooms-offline',
  'run',
  'service',
  'worker',
];

/** Packages that compute and do nothing else. */
const PURE_PACKAGES = ['bidi-js', 'canonicalize', 'csv-stringify', 'currency-codes', 'temporal-polyfill'];

/** Packages that only `platform` speaks to. */
const MACHINERY = ['bullmq', 'ioredis', 'pg', 'rate-limiter-flexible', 'typeorm'];

const anyOf = (names) => `(?:${names.join('|')})`;
const packages = (names) => `(?:^|/)node_modules/${anyOf(names)}/`;
const DOOR = '^src/(?:platform/)?[^/]+/index\\.ts$';
const TYPES = ['type-only'];

const downwards = FLOORS.flatMap((floor, height) => {
  const below = FLOORS.slice(0, height).flat();
  return floor.map((room) => ({
    name: `${room}-imports-downwards-only`,
    comment: `${room} may import ${below.length > 0 ? below.join(', ') : 'nothing of ours'}.`,
    from: { path: `^src/${room}/` },
    to: { path: '^src/[^/]+/', pathNot: `^src/${anyOf([room, ...below])}/` },
  }));
});

const doors = [
  {
    name: 'rooms-are-entered-by-their-index',
    comment: "Another room's files are its own business. Rules, and threads, have a rule of their own.",
    from: { path: '^src/([^/]+)/', pathNot: '^src/[^/]+/(?:rules|intake)/' },
    to: { path: '^src/[^/]+/', pathNot: ['^src/$1/', DOOR] },
  },
  {
    name: 'parts-of-platform-are-entered-by-their-index',
    from: { path: '^src/platform/([^/]+)/' },
    to: { path: '^src/platform/', pathNot: ['^src/platform/$1/', DOOR] },
  },
  {
    name: 'the-root-enters-rooms-by-their-index',
    from: { path: '^src/[^/]+\\.ts$' },
    to: { path: '^src/(?!demo/)[^/]+/', pathNot: DOOR },
  },
  {
    name: 'few-files-see-every-room',
    comment: `Only ${ROOT_FILES.join(', ')} and the demo do.`,
    from: { path: '^src/[^/]+\\.ts$', pathNot: `^src/${anyOf(ROOT_FILES)}\\.ts$` },
    to: { path: '^src/(?!platform/|access/)[^/]+/' },
  },
  {
    name: 'rooms-do-not-see-the-root',
    from: { path: '^src/[^/]+/', pathNot: '^src/demo/' },
    to: { path: ['^src/[^/]+\\.ts$', '^src/demo/'] },
  },
];

const rules = [
  {
    name: 'rules-run-rules-only',
    comment: 'Money, period, rating, their own rules and the rules of rooms below.',
    from: { path: '^src/([^/]+)/rules/' },
    to: {
      path: ['^src/', '^migrations/'],
      pathNot: ['^src/[^/]+/rules/', `^src/${anyOf(PURE_ROOMS)}/index\\.ts$`],
      dependencyTypesNot: TYPES,
    },
  },
  {
    name: 'rules-take-types-from-doors-only',
    comment: 'A row of SQL or a DTO is shaped after a rule, not a rule after them.',
    from: { path: '^src/([^/]+)/rules/' },
    to: {
      path: ['^src/', '^migrations/'],
      pathNot: ['^src/[^/]+/rules/', '^src/(?!platform/)[^/]+/index\\.ts$'],
      dependencyTypes: TYPES,
    },
  },
  {
    name: 'rules-need-no-machinery',
    comment: 'No Nest, no database, no queue, no files: only packages that compute.',
    from: { path: '^src/[^/]+/rules/' },
    to: {
      pathNot: ['^src/', '^migrations/', packages(PURE_PACKAGES), '^(?:node:)?crypto$'],
    },
  },
  {
    name: 'the-intake-thread-runs-rules-only',
    comment: 'What runs in the thread loads no framework and no database: rules, problems, JSON and itself.',
    from: { path: '^src/traffic/intake/' },
    to: {
      path: ['^src/', '^migrations/', '/node_modules/'],
      pathNot: [
        '^src/traffic/intake/',
        '^src/traffic/traffic\\.errors\\.ts$',
        '^src/[^/]+/rules/',
        `^src/${anyOf(PURE_ROOMS)}/index\\.ts$`,
        '^src/platform/(?:json|problems)/index\\.ts$',
      ],
      dependencyTypesNot: TYPES,
    },
  },
  {
    name: 'pure-rooms-hold-rules-only',
    from: { path: `^src/(${PURE_ROOMS.join('|')})/(?!rules/)` },
    to: { pathNot: '^src/$1/rules/' },
  },
];

const statements = [
  {
    name: 'sql-runs-sql-only',
    comment: "A room's statements import each other and platform/database; all else comes as arguments.",
    from: { path: '^src/((?:platform/)?[^/]+)/sql/' },
    to: { pathNot: ['^src/$1/sql/', '^src/platform/database/'], dependencyTypesNot: TYPES },
  },
  {
    name: 'sql-takes-types-of-its-rules-and-below',
    from: { path: '^src/([^/]+)/sql/' },
    to: {
      path: '^src/',
      pathNot: ['^src/$1/(?:sql|rules)/', DOOR],
      dependencyTypes: TYPES,
    },
  },
  {
    name: 'only-the-room-runs-its-sql',
    comment: 'http/ and jobs/ parse, call their service and render; a service owns the transaction.',
    from: { path: '^src/([^/]+)/(?:http|jobs)/', pathNot: '^src/platform/' },
    to: { path: '^src/[^/]+/sql/', dependencyTypesNot: TYPES },
  },
  {
    name: 'only-the-database-sees-migrations',
    from: { path: '^src/', pathNot: '^src/platform/database/' },
    to: { path: '^migrations/' },
  },
  {
    name: 'migrations-see-nothing-of-ours',
    comment: 'A migration must still do the same when the code has moved on.',
    from: { path: '^migrations/' },
    to: { path: '^src/' },
  },
];

const everywhere = [
  {
    name: 'no-cycles',
    comment: 'Types may refer to each other; files that run may not.',
    from: { path: ['^src/', '^migrations/'] },
    to: { circular: true, viaOnly: { dependencyTypesNot: TYPES } },
  },
  {
    name: 'machinery-stays-in-platform',
    from: { path: '^src/(?!platform/)' },
    to: { path: packages(MACHINERY), dependencyTypesNot: TYPES },
  },
  {
    name: 'imports-are-there',
    from: { path: ['^src/', '^migrations/'] },
    to: { couldNotResolve: true },
  },
  {
    name: 'what-ships-needs-no-development-package',
    from: { path: ['^src/', '^migrations/'] },
    to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: TYPES },
  },
  {
    name: 'what-ships-needs-no-tests',
    from: { path: ['^src/', '^migrations/'] },
    to: { path: ['^test/', '^bench/', '^scripts/'] },
  },
];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [...downwards, ...doors, ...rules, ...statements, ...everywhere].map((rule) => ({
    severity: 'error',
    ...rule,
  })),
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
