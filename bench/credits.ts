/**
 * Exports of a million credits: how long each takes and how much memory the service holds meanwhile. The limit
 * is 300 MiB resident. README.md says what each figure means.
 */
import { join } from 'node:path';
import pg from 'pg';
import { get, type Endpoint } from './http-client.js';
import { openMarket } from './market.js';
import { peakMemory_mib, resetPeakMemory, startService, type ServiceUnderTest } from './processes.js';
import { runBenchmark } from './run.js';

const DEADLINE_S = 30 * 60;
const LIMIT_MIB = 300;
const credits = Number(process.argv[2] ?? 1_000_000);

process.exitCode = await runBenchmark(DEADLINE_S, async (run) => {
  const main = join(import.meta.dirname, '..', 'src', 'main.js');
  // A rendering that is stored once stays: none may be made before the credits are there.
  const service = await startService(run, main, { RENDER_AHEAD: 'no' });
  const { a } = await openMarket(run, service);
  const statement = await fill(service);
  let worst = 0;
  resetPeakMemory(service.pid);
  console.log(`${credits} credits; resident before any export: ${peakMemory_mib(service.pid)} MiB`);
  for (const end of ['csv', 'focus.csv', 'xlsx']) {
    resetPeakMemory(service.pid);
    const start = performance.now();
    const bytes = await download(a, `/v1/statements/${statement}/credits.${end}`);
    const seconds = (performance.now() - start) / 1000;
    const peak = peakMemory_mib(service.pid);
    worst = Math.max(worst, peak);
    console.log(
      `  ${end.padEnd(10)} ${(bytes / 2 ** 20).toFixed(0)} MiB in ${seconds.toFixed(1)} s, resident at most ${peak} MiB`,
    );
  }
  console.log(
    `at most ${worst} MiB resident, the limit being ${LIMIT_MIB} MiB: ${worst < LIMIT_MIB ? 'met' : 'MISSED'}`,
  );
  return worst < LIMIT_MIB ? 0 : 1;
});
process.exit();

/** Gives the statement that the market has closed as many credits as are asked for. */
async function fill({ databaseUrl }: ServiceUnderTest): Promise<string> {
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
    return rows[0]!.id;
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
