/** Jest for mutation testing: the rules' tests alone, which need no database, and random inputs that repeat. */
const TESTS = ['money', 'period', 'rating', 'reconciliation', 'disputes'].map(
  (folder) => `${folder}/**/*.test.ts`,
);

export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  testMatch: [...TESTS, 'vectors.test.ts'].map((path) => `<rootDir>/test/rules/${path}`),
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testRunner: '<rootDir>/stryker.jest-circus.mjs',
  testSequencer: '<rootDir>/stryker.jest-sequencer.mjs',
  setupFilesAfterEnv: ['<rootDir>/stryker.jest.setup.mjs'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
};
