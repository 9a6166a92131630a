/** Mutation testing of the rules whose figures bind two rivals: npm run test:mutation. */
export default {
  testRunner: 'jest',
  testRunnerNodeArgs: ['--experimental-vm-modules', '--no-warnings'],
  jest: { projectType: 'custom', configFile: 'stryker.jest.config.mjs' },
  plugins: ['@stryker-mutator/jest-runner'],
  mutate: ['money', 'period', 'rating', 'reconciliation', 'disputes'].map(
    (folder) => `src/${folder}/rules/**/*.ts`,
  ),
  // The sandbox needs the rules and their tests only.
  ignorePatterns: ['**', '!src/**/*.ts', '!test/rules/**', '!test/vectors/*', '!stryker.jest*'],
  coverageAnalysis: 'perTest',
  concurrency: 2,
  // Endless loops are found by counting hits; a slow machine must not pass for one.
  timeoutMS: 15_000,
  incremental: true,
  incrementalFile: 'reports/stryker-incremental.json',
  reporters: ['progress-append-only', 'clear-text', 'html', 'json'],
  clearTextReporter: { allowColor: false, allowEmojis: false, logTests: false, reportTests: false },
  htmlReporter: { fileName: 'reports/mutation.html' },
  jsonReporter: { fileName: 'reports/mutation.json' },
  thresholds: { high: 95, low: 90, break: 90 },
};
