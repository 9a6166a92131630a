import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CloseService } from '../../src/settlement/close.service.js';
import { FREE, startMarket, type Deal, type Market } from '../support/market.js';
import { until } from '../support/until.js';

let market: Market;
beforeAll(async () => {
  market = await startMarket({ worker: true });
});
afterAll(() => market.close());

/** Long past on any clock, cut-offs included. */
const PAST = Date.parse('2025-06-15T00:00:00Z');

async function inForceSince(deal: Deal, at: string): Promise<void> {
  await market.database.query(
    `UPDATE agreement_versions SET in_force_at = $2
      WHERE agreement_id = (SELECT id FROM agreements WHERE code = $1)`,
    [deal.code, at],
  );
}

async function statements(deal: Deal): Promise<any[]> {
  const { body } = await market.request('GET', `/v1/statements?agreement=${deal.code}`, { key: deal.a.key });
  return body.data;
}

test('periods are closed from their cut-off on, once each, in order and in gapless numbers', async () => {
  const deal = await market.deal({ from: '2025-03', autoClose: true, timezone: 'Asia/Kolkata' });
  await inForceSince(deal, '2025-02-20T00:00:00Z');
  const closing = market.acting(CloseService);
  const cutOff = Date.parse('2025-04-06T00:00:00+05:30');

  expect(await closing.requestDue(cutOff - 1)).toBe(0);
  expect(await closing.requestDue(cutOff)).toBe(1);
  await until('March is closed', async () => (await statements(deal)).length === 1);

  expect(await closing.requestDue(PAST)).toBe(1);
  await closing.requestDue(PAST);
  await until('April is closed', async () => (await statements(deal)).length === 2);
  expect(await closing.requestDue(PAST)).toBe(1);
  const all = await until('May is closed', async () => {
    const found = await statements(deal);
    return found.length === 3 && found;
  });
  expect(all.map(({ number, period }) => [number, period])).toEqual([
    [`${deal.code}-0003`, '2025-05'],
    [`${deal.code}-0002`, '2025-04'],
    [`${deal.code}-0001`, '2025-03'],
  ]);
  expect(await closing.requestDue(PAST)).toBe(0);
});

test('back-loaded periods, and agreements that do not close by themselves, wait for a request', async () => {
  const backLoaded = await market.deal({ from: '2025-03', autoClose: true });
  await inForceSince(backLoaded, '2025-05-10T00:00:00Z');
  const byHand = await market.deal({ from: '2025-03', autoClose: false });
  await inForceSince(byHand, '2025-02-20T00:00:00Z');

  expect(await market.acting(CloseService).requestDue(PAST)).toBe(1);
  await until('May is closed', async () => (await statements(backLoaded)).length === 1);
  expect(await statements(backLoaded)).toEqual([expect.objectContaining({ period: '2025-05' })]);
  expect(await statements(byHand)).toEqual([]);
});

test('a close that failed is left alone for a while, and holds no later period up', async () => {
  const deal = await market.deal({ from: '2025-03', autoClose: true, terms: FREE });
  await inForceSince(deal, '2025-03-10T00:00:00Z');
  const [agreement] = (await market.database.query('SELECT id FROM agreements WHERE code = $1', [
    deal.code,
  ])) as [{ id: string }];
  await market.database.query(
    `INSERT INTO jobs (id, kind, subject, owner_ids, state, created_at, touched_at)
     VALUES (gen_random_uuid(), 'close_period', $1, $3, 'failed', now(), $2)`,
    [`${agreement.id}/2025-03`, new Date(PAST - 60_000), [deal.a.id, deal.b.id]],
  );
  const closing = market.acting(CloseService);
  const march = Date.parse('2025-04-20T00:00:00Z');
  expect(await closing.requestDue(march)).toBe(0);
  expect(await closing.requestDue(PAST)).toBe(1);
  await until('April is closed', async () => (await statements(deal)).length === 1);
  expect(await closing.requestDue(PAST + 600_000)).toBe(1);
  await until('March is closed', async () => (await statements(deal)).length === 2);
  expect((await statements(deal)).map(({ period }) => period)).toEqual(['2025-03', '2025-04']);
});
