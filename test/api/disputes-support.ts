import type { TestAnswer } from '../support/api.js';
import {
  expectStatus,
  hourly,
  PERIOD,
  type Deal,
  type DealOptions,
  type Market,
  type Party,
} from '../support/market.js';

const GB = 1_000_000_000n;

/** Terms under which A pays 1.00 a GB of what it sends, whatever is higher of what both measured. */
export const CHARGED = {
  reconciliation: { ppm: 0, mismatchRule: 'higher' },
  directions: { aToB: { pricing: { model: 'linear', unit: 'GB', unitPrice: '1.00' } } },
};

/** A deal with a statement of {@link PERIOD}: hours of so many GB that A says it sent and B that it received. */
export interface Disputable {
  deal: Deal;
  statement: any;
  lineId: string;
}

export async function issued(
  market: Market,
  hours: readonly (readonly [sent: number | null, received: number | null])[] = [[100, 100]],
  options: DealOptions = {},
): Promise<Disputable> {
  const deal = await market.deal({ terms: CHARGED, ...options });
  await report(market, deal, hours);
  const statement = await market.closePeriod(deal);
  return { deal, statement, lineId: statement.lines[0]?.id };
}

export async function report(
  market: Market,
  deal: Deal,
  hours: readonly (readonly [sent: number | null, received: number | null])[],
): Promise<void> {
  const records = (side: 0 | 1) =>
    hours.flatMap((hour, at) => {
      const gigabytes = hour[side];
      if (gigabytes === null) return [];
      const direction = side === 0 ? ('egress' as const) : ('ingress' as const);
      return [hourly(`h${at}`, hourAt(at), String(BigInt(gigabytes) * GB), { direction })];
    });
  for (const [party, side] of [
    [deal.a, 0],
    [deal.b, 1],
  ] as const) {
    const sent = records(side);
    if (sent.length > 0) await market.take(deal, party, sent);
  }
}

/** The hour of {@link PERIOD} that the nth pair is of. */
export function hourAt(n: number): string {
  return `05T${String(n).padStart(2, '0')}`;
}

/** The bucket of the nth pair. */
export function bucketAt(n: number): { direction: string; start: string } {
  return { direction: 'aToB', start: `${PERIOD}-${hourAt(n)}:00:00Z` };
}

export function bytes(gigabytes: number): string {
  return String(BigInt(gigabytes) * GB);
}

/** Raises a dispute about the statement's first line. */
export function raise(
  market: Market,
  { statement, lineId }: Disputable,
  party: { key: string },
  more: object = { claimedAmount: '60.00' },
): Promise<TestAnswer> {
  return market.request('POST', '/v1/disputes', {
    key: party.key,
    body: { statement: statement.id, line: lineId, reason: 'volume', ...more },
  });
}

export async function raised(...args: Parameters<typeof raise>): Promise<any> {
  return expectStatus(await raise(...args), 201).body;
}

/** Raises a dispute about the bucket of the nth pair. */
export function raiseBucket(
  market: Market,
  { code }: Deal,
  party: { key: string },
  n: number,
  claimedBytes: string,
): Promise<TestAnswer> {
  return market.request('POST', '/v1/disputes', {
    key: party.key,
    body: {
      agreement: code,
      period: PERIOD,
      bucket: bucketAt(n),
      reason: 'missing_declaration',
      claimedBytes,
    },
  });
}

export type Verb = 'propose' | 'consent' | 'withdraw' | 'escalate';

/** Reads the dispute and takes a step on what was read. */
export async function step(
  market: Market,
  id: string,
  verb: Verb,
  party: { key: string },
  { body, etag, reader = party }: { body?: object; etag?: string; reader?: { key: string } } = {},
): Promise<TestAnswer> {
  const seen =
    etag ?? (await market.request('GET', `/v1/disputes/${id}`, { key: reader.key })).headers.get('etag');
  return market.request('POST', `/v1/disputes/${id}/${verb}`, {
    key: party.key,
    headers: { 'If-Match': seen ?? '"nothing"' },
    ...(verb === 'propose' && { body: body ?? { resolution: { kind: 'no_change' } } }),
  });
}

export async function stepped(...args: Parameters<typeof step>): Promise<any> {
  return expectStatus(await step(...args), 200).body;
}

/** What a party owes, and is owed, as its own book says; what is disputed apart. */
export async function position(market: Market, party: Party): Promise<string[]> {
  const { body } = await market.request('GET', '/v1/balances', { key: party.key });
  const balance = body.data[0] ?? {};
  const { payable, disputedPayable, receivable, disputedReceivable } = balance;
  return [payable, disputedPayable, receivable, disputedReceivable];
}

export async function stateOf(market: Market, { statement, deal }: Disputable): Promise<string> {
  return (await market.request('GET', `/v1/statements/${statement.id}`, { key: deal.a.key })).body.state;
}
