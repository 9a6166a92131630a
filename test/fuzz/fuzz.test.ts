import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { requestsTo } from '../support/api.js';
import { compiledEntry } from '../support/compile.js';
import { Contract } from '../support/contract.js';
import { Processes, type Service } from '../support/processes.js';
import { UNTHROTTLED } from '../support/unthrottled.js';
import { until } from '../support/until.js';
import { fuzzedRequests, type FuzzedRequest } from './requests.js';
import { curlOf, exchange, type WireAnswer } from './wire.js';
import { fillWorld, type CallerName, type World } from './world.js';

/** `FUZZ_SEED` and `FUZZ_REQUESTS` choose another run: the same seed sends the same requests. */
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);
const REQUESTS = Number(process.env['FUZZ_REQUESTS'] ?? 500);

/** As many send at once. */
const STREAMS = 8;
/** PDFs are set one after the other, each of which takes seconds on a machine that has other work. */
const DEADLINE_MS = 60_000;

/** What caches and compiled code may take, and what each request may leave behind; one that leaked would leave more. */
const GROWTH_BYTES = 48 * 2 ** 20;

const contract = new Contract();
/** How many answers had which status; `none` where a request was cut off before its end. */
const statuses = new Map<number | 'none', number>();
/** What each caller has named itself: it may meet that again, in the audit log for one. */
const named = new Map<CallerName, Set<string>>();
const processes = new Processes();
let service: Service;
let url: string;
let operatorKey: string;
let world: World;

beforeAll(async () => {
  const preloaded = pathToFileURL(compiledEntry('test/support/settled-memory.ts')).href;
  service = await processes
    .main({
      ...UNTHROTTLED,
      ...{ DATA_DIR: processes.folder(), NODE_OPTIONS: `--import=${preloaded}`, LOG_LEVEL: 'error' },
      // Each is made when it is asked for.
      RENDER_AHEAD: 'no',
      CUSTOMER_KEY_SECRET: 'ab'.repeat(32),
    })
    .ready();
  url = service.url();
  operatorKey = service.operatorKey()!;
  world = await fillWorld({ request: requestsTo(url), operatorKey });
}, 180_000);

afterAll(() => processes.cleanUp());

/** Sends a request; throws what is wrong with its answer. */
async function send({ caller, wire }: FuzzedRequest): Promise<void> {
  noteNames(caller, wire);
  const answer = await exchange(url, wire, DEADLINE_MS);
  if (!answer) {
    statuses.set('none', (statuses.get('none') ?? 0) + 1);
    return;
  }
  const { status, bytes } = answer;
  statuses.set(status, (statuses.get(status) ?? 0) + 1);
  if (status >= 500) throw new Error(`${status}: ${bytes.toString('utf8').slice(0, 1000)}`);
  const fault = contract.faultIn({ ...wire, sent: sentText(wire), answer: readable(answer) });
  if (fault) throw new Error(fault);
  const leaked = world.marks.filter(
    ({ text, readers }) => !readers.includes(caller) && bytes.includes(text) && !named.get(caller)?.has(text),
  );
  if (leaked.length > 0) throw new Error(`${caller} was shown ${leaked.map(({ text }) => text).join(', ')}`);
}

function noteNames(caller: CallerName, { path, headers, body }: FuzzedRequest['wire']): void {
  const request = path + JSON.stringify(headers) + (body?.toString('latin1') ?? '');
  const known = named.get(caller) ?? new Set();
  named.set(caller, known);
  for (const { text } of world.marks) if (request.includes(text)) known.add(text);
}

function readable({ status, headers, bytes }: WireAnswer) {
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((each) => [name, each] as const),
  );
  return {
    status,
    contentType: String(headers['content-type'] ?? ''),
    text: bytes.toString('utf8'),
    headers: lines,
  };
}

/** What was sent, where a reader of JSON can tell. */
function sentText({ headers, body, cutAt }: FuzzedRequest['wire']) {
  if (body === null || cutAt !== null || headers['Content-Encoding'] !== undefined) return undefined;
  return { contentType: headers['Content-Type'] ?? '', text: body.toString('utf8') };
}

/** What is in use after a collection of garbage. */
async function settledMemory(): Promise<{ used: number; rss: number }> {
  const said = (): string[] =>
    [...service.stdout().matchAll(/settled memory (.*)/g)].map((match) => match[1]!);
  const before = said().length;
  service.child.kill('SIGUSR2');
  return JSON.parse(await until('the service says what memory it uses', () => said()[before]));
}

/** Sends so many requests; a failure tells the smallest request that still fails, and how to send it. */
async function fuzz(requests: number, seed: number): Promise<void> {
  const arbitrary = fuzzedRequests(contract.document, contract.routes, world);
  const streams = Array.from({ length: STREAMS }, async (_, stream) => {
    const result = await fc.check(fc.asyncProperty(arbitrary, send), {
      ...{ seed: seed + stream, numRuns: Math.ceil(requests / STREAMS) },
    });
    if (!result.failed) return;
    const [{ caller, wire }] = result.counterexample!;
    const error = result.errorInstance as Error | undefined;
    throw new Error(
      `FUZZ_SEED=${SEED} FUZZ_REQUESTS=${REQUESTS} npm run test:fuzz\nAs ${caller}, after ${result.numRuns} requests ` +
        `and ${result.numShrinks} steps of making it smaller:\n${curlOf(url, wire)}\n${error?.message}`,
    );
  });
  const failures = (await Promise.allSettled(streams)).flatMap((each) =>
    each.status === 'rejected' ? [String((each.reason as Error).message)] : [],
  );
  if (failures.length > 0) throw new Error(failures.join('\n\n'));
}

describe(`${REQUESTS} fuzzed requests, FUZZ_SEED=${SEED}`, () => {
  it(
    'are each answered as documented, and show nobody what is another’s; memory does not grow',
    async () => {
      const warmUp = Math.ceil(REQUESTS / 5);
      await fuzz(warmUp, SEED);
      const before = await settledMemory();
      await fuzz(REQUESTS - warmUp, SEED + STREAMS);
      const after = await settledMemory();
      const tally = Object.fromEntries([...statuses].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
      console.info(`Settled memory: ${JSON.stringify({ before, after })}; answers: ${JSON.stringify(tally)}`);
      expect(after.used - before.used).toBeLessThan(GROWTH_BYTES);
    },
    30_000 + REQUESTS * 200,
  );

  it('leave a service that is well, and books that hold', async () => {
    const request = requestsTo(url);
    expect((await request('GET', '/health/ready')).status).toBe(200);
    expect(service.isRunning()).toBe(true);
    const { body } = await request('GET', '/v1/ledger/integrity', { key: operatorKey });
    expect(body.firstProblem).toBeNull();
    expect(body.counts.entries).toBeGreaterThan(0);
    const netting = await request('GET', '/v1/netting', { key: operatorKey });
    expect(netting.body.data.map(({ conserved }: { conserved: boolean }) => conserved)).not.toContain(false);
    const unexpected = service
      .stdout()
      .split('\n')
      .filter((line) => /"level":(50|60)/.test(line));
    expect(unexpected).toEqual([]);
  }, 120_000);
});
