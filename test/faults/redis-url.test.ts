import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hourly, startMarket, type Market } from '../support/market.js';

const url = process.env['TEST_REDIS_URL'];

// A server that others may use as well: nothing is flushed or stopped, and the keys have a prefix of their own.
if (url) {
  describe('the queue on TEST_REDIS_URL', () => {
    let market: Market;
    beforeAll(async () => {
      market = await startMarket({
        worker: true,
        redis: { url, namespace: `peerledger-test-${randomUUID()}` },
      });
    });
    afterAll(() => market.close());

    it('runs a close', async () => {
      const deal = await market.deal();
      await market.take(deal, deal.a, [hourly('one', '05T01', '5')]);
      expect(await market.closePeriod(deal)).toMatchObject({ state: 'issued', number: `${deal.code}-0001` });
    });
  });
} else {
  it.skip('the queue on TEST_REDIS_URL: SKIPPED, since it is not set', () => undefined);
}
