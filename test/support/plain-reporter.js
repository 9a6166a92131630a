/**
 * Says in one plain line how many tests there were, for whoever reads logs by program:
 * `tests: 12 passed, 0 failed, 0 skipped`.
 */
export default class PlainReporter {
  onRunComplete(_contexts, results) {
    const passed = results.numPassedTests;
    // A file that could not even be loaded has no tests to count, and must not pass for a success.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    process.stdout.write(`tests: ${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  }
}
