import type { QueryRunner } from 'typeorm';
import { BucketSides1764000000030 } from '../../migrations/1764000000030-bucket-sides.js';
import { LaterData1764000000031 } from '../../migrations/1764000000031-later-data.js';
import { hourly, startMarket, type Market } from '../support/market.js';

let market: Market;
beforeAll(async () => {
  market = await startMarket({ worker: true });
});
afterAll(() => market?.close());

test('sides that were stored apart are paired, under the terms of their period', async () => {
  const deal = await market.deal({
    terms: { reconciliation: { ppm: 7, oneSided: 'hold', mismatchRule: 'average' }, directions: {} },
  });
  await market.agree(deal, { reconciliation: { absoluteBytes: '9' }, directions: {} }, '2025-04');
  const april = { start: '2025-04-05T00:00:00Z', end: '2025-04-05T01:00:00Z' };
  await market.take(deal, deal.a, [
    hourly('r1', '05T00', 10),
    hourly('r2', '05T01', 0),
    hourly('gone', '05T02', 7),
    { ...hourly('r3', '05T00', 30), ...april },
  ]);
  await market.take(deal, deal.a, [hourly('gone', '05T02', 7, { revision: 1, void: true })]);
  await market.take(deal, deal.b, [
    hourly('r1', '05T00', 13, { direction: 'ingress' }),
    { ...hourly('r3', '05T00', 22), direction: 'ingress', ...april },
  ]);
  await market.closePeriod(deal);
  const rows = () =>
    market.database.query(`SELECT * FROM usage_buckets WHERE status IS NOT NULL ORDER BY bucket_start`);
  const before = await rows();
  expect(before.map(({ status, ppm, settled_bytes: settled }) => [status, ppm, settled])).toEqual([
    ['mismatch', 7, '11'],
    ['missing_receiver', 7, '0'],
    ['within_tolerance', 1000, '22'],
  ]);
  const runner = { query: (sql: string) => market.database.query(sql) } as unknown as QueryRunner;
  const [sides, later] = [new BucketSides1764000000030(), new LaterData1764000000031()];
  await later.down(runner);
  await sides.down(runner);
  await sides.up(runner);
  await later.up(runner);
  expect(await rows()).toEqual(before);
});
