/** Jest in ESM mode; SWC compiles each file, keeping the decorator metadata that Nest reads. */
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  // Tests wait for databases as much as they compute: all cores are of use.
  maxWorkers: '100%',
  // A worker keeps what a test file loaded: begun anew before it takes the machine's memory.
  workerIdleMemoryLimit: '2GB',
  testTimeout: 60_000,
  reporters: ['default', '<rootDir>/test/support/plain-reporter.js'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
};
