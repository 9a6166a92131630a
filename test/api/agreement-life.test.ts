import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { expectProblem, type TestAnswer } from '../support/api.js';
import {
  expectStatus,
  FREE,
  hourly,
  PERIOD,
  startMarket,
  type Deal,
  type Market,
} from '../support/market.js';

let market: Market;
beforeAll(async () => {
  market = await startMarket({ worker: true });
});
afterAll(() => market.close());

const hour = 3_600_000;
const second = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');

async function read(deal: Deal): Promise<{ body: any; etag: string }> {
  const answer = expectStatus(
    await market.request('GET', `/v1/agreements/${deal.code}`, { key: deal.a.key }),
    200,
  );
  return { body: answer.body, etag: answer.headers.get('etag')! };
}

async function act(
  deal: Deal,
  action: string,
  key: string,
  body?: object,
  etag?: string,
): Promise<TestAnswer> {
  return market.request('POST', `/v1/agreements/${deal.code}/${action}`, {
    key,
    headers: { 'If-Match': etag ?? (await read(deal)).etag },
    ...(body && { body }),
  });
}

describe('suspension', () => {
  test('refuses traffic of the time in which the agreement rests, and takes earlier and later traffic', async () => {
    const deal = await market.deal();
    expect((await read(deal)).body).toMatchObject({ state: 'in_force', suspensions: [] });
    const suspended = expectStatus(await act(deal, 'suspend', deal.a.key), 200);
    expect(suspended.body).toMatchObject({ state: 'suspended', suspensions: [{ until: null }] });

    const from = Date.parse(suspended.body.suspensions[0].from);
    const interval = { start: second(from - 1000), end: second(from + 1000) };
    const during = await market.send(deal, deal.b, [
      hourly('during', '05T01', 1, { ...interval, direction: 'ingress' }),
    ]);
    expectProblem(during, 422, 'batch_refused');
    expect(during.body.errors).toEqual([
      expect.objectContaining({ code: 'agreement_not_in_force', pointer: '/records/0/start' }),
    ]);
    await market.take(deal, deal.b, [hourly('before', '05T01', 1, { direction: 'ingress' })]);

    const resumed = expectStatus(await act(deal, 'resume', deal.a.key), 200);
    expect(resumed.body.state).toBe('in_force');
    expect(resumed.body.suspensions[0].until).not.toBeNull();
    expectProblem(
      await market.send(deal, deal.b, [hourly('during', '05T01', 1, { ...interval, direction: 'ingress' })]),
      422,
      'batch_refused',
    );
  });

  test('only who suspended resumes, or the operator; doing it twice changes nothing', async () => {
    const deal = await market.deal();
    const first = expectStatus(await act(deal, 'suspend', deal.a.key), 200);
    const again = expectStatus(await act(deal, 'suspend', deal.b.key), 200);
    expect(again.body.suspensions).toEqual(first.body.suspensions);
    expectProblem(await act(deal, 'resume', deal.b.key), 403, 'suspended_by_other');
    expect(expectStatus(await act(deal, 'resume', market.operatorKey), 200).body.state).toBe('in_force');
  });

  test('wants the ETag of the agreement as last read', async () => {
    const deal = await market.deal();
    const { etag } = await read(deal);
    expectProblem(
      await market.request('POST', `/v1/agreements/${deal.code}/suspend`, { key: deal.a.key }),
      428,
      'precondition_required',
    );
    expectStatus(await act(deal, 'suspend', deal.a.key, undefined, etag), 200);
    expectProblem(await act(deal, 'resume', deal.a.key, undefined, etag), 412, 'precondition_failed');
  });

  test('a stranger finds no agreement to suspend', async () => {
    const [deal, other] = [await market.deal(), await market.deal()];
    expectProblem(await act(deal, 'suspend', other.a.key, undefined, '*'), 404, 'unknown_agreement');
  });
});

describe('termination', () => {
  const current = new Date().toISOString().slice(0, 7);

  test('ends with a period that is not over, after which nothing is in force', async () => {
    const deal = await market.deal();
    const ended = expectStatus(await act(deal, 'terminate', deal.b.key, { lastPeriod: current }), 200);
    expect(ended.body).toMatchObject({ lastPeriod: current, state: 'in_force' });
    const beyond = market.agree(deal, FREE, `${Number(current.slice(0, 4)) + 1}-01`);
    expectProblem(await beyond, 422, 'invalid_terms');
    // What is over before the end still counts.
    await market.take(deal, deal.a, [hourly('late', '06T01', 5)]);
    expect((await market.closePeriod(deal)).declaredBytes.aToB.sender).toBe('5');
  });

  test.each([
    ['a period that is over', PERIOD],
    ['no period', 'soon'],
  ])('refuses %s', async (_, lastPeriod) => {
    const deal = await market.deal();
    const answer = await act(deal, 'terminate', deal.a.key, { lastPeriod });
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toEqual([expect.objectContaining({ pointer: '/lastPeriod' })]);
  });

  test('an end may be moved forward, never back', async () => {
    const deal = await market.deal();
    const later = `${Number(current.slice(0, 4)) + 1}-06`;
    const sooner = `${Number(current.slice(0, 4)) + 1}-03`;
    expectStatus(await act(deal, 'terminate', deal.a.key, { lastPeriod: later }), 200);
    expectStatus(await act(deal, 'terminate', deal.a.key, { lastPeriod: sooner }), 200);
    expectProblem(await act(deal, 'terminate', deal.b.key, { lastPeriod: later }), 422, 'invalid_agreement');
  });

  test('periods behind the end are not closed', async () => {
    const deal = await market.deal({ from: current });
    await market.database.query('UPDATE agreements SET last_period = $2 WHERE code = $1', [
      deal.code,
      PERIOD,
    ]);
    const answer = await market.request('POST', `/v1/agreements/${deal.code}/periods/2025-04/close`, {
      key: market.operatorKey,
    });
    expectProblem(answer, 409, 'agreement_not_in_force');
    const refused = await market.send(deal, deal.a, [
      hourly('x', '06T01', 5, { start: second(Date.now() - 2 * hour), end: second(Date.now() - hour) }),
    ]);
    expect(refused.body.errors).toEqual([expect.objectContaining({ code: 'agreement_not_in_force' })]);
  });
});
