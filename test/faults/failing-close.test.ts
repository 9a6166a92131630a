import { JobRunner } from '../../src/jobs/index.js';
import { until } from '../support/until.js';
import { Closing } from './closing.js';

let closing: Closing;

beforeAll(async () => {
  closing = await Closing.open();
});

beforeEach(() => closing.newDeal());

afterAll(async () => {
  await closing.market.get(JobRunner).stop();
  await closing.close();
});

describe('a close that fails', () => {
  it('says why, and can be asked for again', async () => {
    const first = await closing.ask();
    const ended = `UPDATE agreements SET last_period = $2 WHERE code = $1`;
    await closing.market.database.query(ended, [closing.deal.code, '2025-02']);
    closing.market.get(JobRunner).start();
    expect(await closing.market.job(first, closing.deal.b.key)).toMatchObject({
      state: 'failed',
      error: {
        code: 'agreement_not_in_force',
        detail: 'No terms that both parties accepted govern 2025-02.',
      },
    });
    expect(await closing.statements()).toEqual([]);
    await closing.market.database.query(ended, [closing.deal.code, null]);
    const second = await closing.ask();
    expect(second).not.toBe(first);
    expect(await closing.market.job(second)).toMatchObject({ state: 'completed' });
    expect(await closing.statements()).toHaveLength(1);
  });

  it('for a reason that may pass is tried again by itself', async () => {
    await closing.market.database.query(`REVOKE INSERT ON credits FROM peerledger_service`);
    const job = await closing.ask();
    const logged = (): string => JSON.stringify(closing.market.logs());
    await until('it has failed once', () => logged().includes('permission denied for table credits'));
    expect(await closing.statements()).toEqual([]);
    await closing.market.database.query(`GRANT INSERT ON credits TO peerledger_service`);
    expect(await closing.market.job(job)).toMatchObject({ state: 'completed' });
    expect(await closing.statements()).toHaveLength(1);
  });

  it('again and again is given up, and tells its owners nothing of our insides', async () => {
    await closing.market.database.query(`REVOKE INSERT ON credits FROM peerledger_service`);
    const job = await closing.ask();
    await closing.market.database.query(`UPDATE jobs SET failures = 4 WHERE id = $1`, [job]);
    const { state, error } = await closing.market.job(job, closing.deal.a.key);
    await closing.market.database.query(`GRANT INSERT ON credits TO peerledger_service`);
    expect({ state, code: error.code }).toEqual({ state: 'failed', code: 'internal_error' });
    expect(error.detail).not.toMatch(/credits|permission/);
  });
});
