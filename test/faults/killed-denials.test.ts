import { newApiKey } from '../../src/access/index.js';
import { expectProblem, registerProvider, requestsTo, type TestApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { Processes, type Service } from '../support/processes.js';
import { until } from '../support/until.js';

/** Well within the time for which attempts are gathered. */
const AT_ONCE_MS = 4_000;

const processes = new Processes();
const operatorKey = newApiKey();

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(async () => {
  await processes.cleanUp();
  await database.drop();
});

async function start(): Promise<{ service: Service; request: TestApi['request'] }> {
  const service = await processes.main({ DATABASE_URL: database.url, OPERATOR_API_KEY: operatorKey }).ready();
  return { service, request: requestsTo(service.url()) };
}

/** How many attempts each row of a provider's is for, by the path that was attempted, first one first. */
async function denialsOf({ id }: { id: string }): Promise<[route: string, attempts: number][]> {
  const rows = await database.query<{ route: string; attempts: string }>(
    'SELECT route, attempts FROM audit_denials WHERE party_id = $1 ORDER BY recorded_at',
    [id],
  );
  return rows.map(({ route, attempts }) => [route, Number(attempts)]);
}

it('denied attempts are written at once after a quiet while, and with the process’s orderly end', async () => {
  const killed = await start();
  const provider = await registerProvider(killed.request, operatorKey, 'prying', ['audit:read']);
  const deny = async ({ request }: typeof killed, path: string) =>
    expectProblem(await request('GET', path, { key: provider.key }), 403, 'insufficient_scope');
  await deny(killed, '/v1/balances');
  const isWritten = async () => (await denialsOf(provider)).length > 0;
  await until('the first one is written', isWritten, AT_ONCE_MS);
  await deny(killed, '/v1/payments');
  expect(await killed.service.end('SIGKILL')).toBe('SIGKILL');
  // What followed within seconds was gathered in memory.
  const first = ['/v1/balances', 1];
  expect(await denialsOf(provider)).toEqual([first]);

  const stopped = await start();
  for (let n = 0; n < 4; n++) await deny(stopped, '/v1/disputes');
  expect(await stopped.service.end('SIGTERM')).toBe(0);
  expect(await denialsOf(provider)).toEqual([first, ['/v1/disputes', 1], ['/v1/disputes', 3]]);
});
