import runner from 'jest-circus/runner';

const circus = runner.default;
let killed;

/**
 * jest-circus that leaves the remaining test files alone once a mutant is killed; jest's own `bail` cannot,
 * because it does not work where jest is called from a program (https://github.com/jestjs/jest/issues/11766).
 */
export default async function run(globalConfig, config, environment, runtime, testPath, ...more) {
  const mutant = process.env.__STRYKER_ACTIVE_MUTANT__;
  if (killed !== undefined && mutant === killed.mutant) {
    return { ...killed.result, testFilePath: testPath, testResults: [], numFailingTests: 0 };
  }
  const result = await circus(globalConfig, config, environment, runtime, testPath, ...more);
  killed = mutant !== undefined && result.numFailingTests > 0 ? { mutant, result } : undefined;
  return result;
}
