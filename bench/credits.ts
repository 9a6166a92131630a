/**
 * Exports of 200,000 and of a million credits: how much memory the service holds meanwhile, and how much of it
 * grows with their number. README.md says what each figure means.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { EXPORTS, readCreditsOptions } from './credits-options.js';
import { creditsReport, publishCredits, type Export } from './credits-report.js';
import { get, type Endpoint } from './http-client.js';
import { openMarket } from './market.js';
import { peakMemory_mib, resetPeakMemory, startService, type ServiceUnderTest } from './processes.js';
import { runBenchmark, type Run } from './run.js';
import { readSettings, type ServerSettings } from './yardstick.js';

const DEADLINE_S = 30 * 60;
/** Of a second; Linux counts a process's time in these (`getconf CLK_TCK`). */
const TICKS_PER_SECOND = 100;
const MAIN = join(import.meta.dirname, '..', 'src', 'main.js');

const options = readCreditsOptions(process.argv.slice(2));

process.exitCode = await runBenchmark(DEADLINE_S, async (run) => {
  const exports: Export[] = [];
  let settings: ServerSettings = {};
  for (const credits of options.credits) {
    const measured = await measure(run, credits);
    exports.push(...measured.exports);
    settings = measured.settings;
  }
  const report = creditsReport(MAIN, exports, settings);
  publishCredits(report, options.out);
  return options.check && report.targets.some(({ met }) => !met) ? 1 : 0;
});
process.exit();

/** All exports of so many credits, by a service of their own: what one size left must not count for the next. */
async function measure(run: Run, credits: number): Promise<{ exports: Export[]; settings: ServerSettings }> {
  // A rendering that is stored once stays: none may be made before the credits are there.
  const service = await startService(run, MAIN, { RENDER_AHEAD: 'no' });
  const { a } = await openMarket(run, service);
  const { statement, settings } = await fill(service, credits);
  const exports: Export[] = [];
  for (const format of EXPORTS) {
    resetPeakMemory(service.pid);
    const [start, cpu] = [performance.now(), cpu_s(service.pid)];
    const bytes = await download(a, `/v1/statements/${statement}/credits.${format}`);
    exports.push({
      credits,
      format,
      bytes,
      seconds: (performance.now() - start) / 1000,
      cpuSeconds: cpu_s(service.pid) - cpu,
      peakMib: peakMemory_mib(service.pid),
    });
  }
  await service.stop();
  return { exports, settings };
}

/** Gives the statement that the market has closed as many credits as are asked for. */
async function fill(
  { databaseUrl }: ServiceUnderTest,
  credits: number,
): Promise<{ statement: string; settings: ServerSettings }> {
  const client = new pg.Client({ connectionString: databaseUrl.replace(/\/postgres$/, '/peerledger') });
  await client.connect();
  try {
    const { rows } = await client.query<{ id: string }>('SELECT id FROM statements LIMIT 1');
    await client.query(
      `INSERT INTO credits (agreement_id, statement_id, provider_id, position, id, customer, direction, side, bytes,
         unit, unit_price, price_from, amount, currency, period)
       SELECT s.agreement_id, s.id, p.id, 1000000 + n, gen_random_uuid(), 'customer-' || n, 'aToB', 'egress',
              n * 1000000007::numeric, 'GB', '0.22', '2020-01-01', n, 'USD', s.period
         FROM statements s, providers p, generate_series(1, $1::integer) n
        WHERE p.code = 'alpha'`,
      [credits],
    );
    await client.query('CHECKPOINT');
    return { statement: rows[0]!.id, settings: await readSettings(client) };
  } finally {
    await client.end();
  }
}

/** Reads a download to its end without keeping it; a job is waited for first. Gives its size. */
async function download({ base, key, signal }: Endpoint, path: string): Promise<number> {
  for (;;) {
    const response = await fetch(base + path, {
      headers: { Authorization: `Bearer ${key}` },
      signal: signal,
    });
    if (response.status === 202) {
      await finished({ base, key, signal: signal }, response.headers.get('location')!);
      continue;
    }
    if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
    let bytes = 0;
    for await (const part of response.body!) bytes += (part as Uint8Array).length;
    return bytes;
  }
}

async function finished(endpoint: Endpoint, job: string): Promise<void> {
  for (;;) {
    const { state, error } = await get<{ state: string; error?: object }>(endpoint, job);
    if (state === 'completed') return;
    if (state === 'failed') throw new Error(`The job failed: ${JSON.stringify(error)}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** The processor's time that a process has had, all its threads together. */
function cpu_s(pid: number): number {
  // The name before it is in brackets, and may have spaces.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
