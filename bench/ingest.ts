/**
 * How fast records become durable, next to what PostgreSQL itself can do and to what a team would write
 * by hand, in one run on one server. README.md says what each figure means.
 */
import { measureGrowth } from './ingest-growth.js';
import { measureIngest } from './ingest-steps.js';
import { growthReport, ingestReport, publish } from './ingest-report.js';
import { readOptions } from './options.js';
import { runBenchmark } from './run.js';

const DEADLINE_S = 30 * 60;
const GROWTH_DEADLINE_S = 120 * 60;

const options = readOptions(process.argv.slice(2));

process.exitCode = await runBenchmark(options.growth ? GROWTH_DEADLINE_S : DEADLINE_S, async (run) => {
  const report = options.growth
    ? growthReport(options, await measureGrowth(run, options))
    : ingestReport(options, await measureIngest(run, options));
  publish(report, options.out);
  return options.check && report.targets.some(({ met }) => !met) ? 1 : 0;
});
// What is left are connections to processes that are gone.
process.exit();
