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
    // Jest asks for one test a file, so the file has one that was left out.
    const [test] = killed.result.testResults;
    const testResults = [{ ...test, status: 'pending', failureMessages: [], failureDetails: [] }];
    const counts = { numFailingTests: 0, numPassingTests: 0, numPendingTests: 1 };
    return { ...killed.result, ...counts, failureMessage: null, testFilePath: testPath, testResults };
  }
  const result = await circus(globalConfig, config, environment, runtime, testPath, ...more);
  killed = mutant !== undefined && result.numFailingTests > 0 ? { mutant, result } : undefined;
  return result;
}
