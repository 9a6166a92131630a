import {
  bucketStake,
  type IssuedCharge,
  type KnownPeriod,
} from '../../../src/disputes/rules/bucket-claim.js';
import type { ProposedTerms } from '../../../src/agreements/rules/complete-terms.js';
import { bucketGrid } from '../../../src/period/index.js';
import { rate } from '../../../src/rating/index.js';
import { ratedUsage } from '../../../src/settlement/rules/rated-usage.js';
import { compared, rules, type Pair } from '../reconciliation/support.js';
import { terms } from '../settlement/support.js';

const GB = 1_000_000_000;
const LINEAR = { pricing: { model: 'linear' as const, unit: 'GB', unitPrice: '0.10' } };

/** A month of the flow A to B in hourly buckets, and its statement: higher is settled, so that all is charged. */
function month(pairs: readonly Pair[], proposed: Partial<ProposedTerms>) {
  const settled = rules({ mismatchRule: 'higher' });
  const buckets = compared(pairs, { terms: settled });
  const all = { ...terms(proposed), reconciliation: settled };
  const usage = ratedUsage(buckets, all, bucketGrid('2026-10', all.reconciliation.bucket, 'Etc/UTC'));
  const period: KnownPeriod = { usage, terms: all, currency: 'USD' };
  const { lines } = rate(all, usage, 'USD');
  const issued = lines.map((line, at): IssuedCharge => ({ lineId: `line-${at}`, ...line }));
  const claim = (index: number, gigabytes: number) => ({
    bucket: buckets[index]!,
    bytes: BigInt(gigabytes * GB),
  });
  return { period, issued, claim };
}

const PAIRS: Pair[] = [
  [1000 * GB, 1000 * GB],
  [500 * GB, 300 * GB],
];

describe('a claim about a bucket', () => {
  test('contests what was charged beyond it', () => {
    const { period, issued, claim } = month(PAIRS, { directions: { aToB: LINEAR } });
    expect(bucketStake(period, claim(1, 300), issued)).toEqual({
      payer: 'A',
      change: -2000n,
      contested: [{ lineId: 'line-0', payer: 'A', charged: 15_000n, amount: 2000n }],
    });
  });

  test('contests nothing where it is for more, and nothing that no statement charged', () => {
    const { period, issued, claim } = month(PAIRS, { directions: { aToB: LINEAR } });
    expect(bucketStake(period, claim(1, 700), issued)).toEqual({ payer: 'A', change: 2000n, contested: [] });
    expect(bucketStake(period, claim(1, 300), [])).toEqual({ payer: 'A', change: -2000n, contested: [] });
    const free = month(PAIRS, {});
    expect(bucketStake(free.period, free.claim(1, 300), [])).toEqual({
      payer: 'A',
      change: 0n,
      contested: [],
    });
  });

  test('is of the receiver where the receiver pays', () => {
    const pricing = { ...LINEAR.pricing, payer: 'receiver' };
    const { period, issued, claim } = month(PAIRS, { directions: { aToB: { pricing } } });
    expect(bucketStake(period, claim(1, 300), issued)).toMatchObject({ payer: 'B', change: -2000n });
  });

  test('is rated whole: it takes from the last tier first', () => {
    const pricing = {
      model: 'graduated' as const,
      unit: 'GB',
      tiers: [
        { upTo: '1400', unitPrice: '0.10' },
        { upTo: null, unitPrice: '0.05' },
      ],
    };
    const { period, issued, claim } = month(PAIRS, { directions: { aToB: { pricing } } });
    expect(bucketStake(period, claim(1, 300), issued)).toEqual({
      payer: 'A',
      change: -1500n,
      contested: [
        { lineId: 'line-0', payer: 'A', charged: 14_000n, amount: 1000n },
        { lineId: 'line-1', payer: 'A', charged: 500n, amount: 500n },
      ],
    });
  });

  test('contests no more than the payer would save after a true-up', () => {
    const proposed = {
      directions: { aToB: LINEAR },
      commitments: [{ party: 'A' as const, amount: '140.00' }],
    };
    const { period, issued, claim } = month(PAIRS, proposed);
    expect(bucketStake(period, claim(1, 300), issued)).toMatchObject({
      change: -1000n,
      contested: [{ lineId: 'line-0', amount: 1000n }],
    });
  });

  test('is worth nothing to a payer that pays the commitment anyway', () => {
    const proposed = {
      directions: { aToB: LINEAR },
      commitments: [{ party: 'A' as const, amount: '900.00' }],
    };
    const { period, issued, claim } = month(PAIRS, proposed);
    expect(bucketStake(period, claim(1, 300), issued)).toMatchObject({ change: 0n, contested: [] });
  });

  test('contests the charge of the heavier sender where a ratio is exceeded', () => {
    const ratioExcess = { ratio: '1', unitPrice: '0.10', unit: 'GB' } as const;
    const { period, issued, claim } = month(PAIRS, { ratioExcess });
    expect(bucketStake(period, claim(1, 300), issued)).toMatchObject({ payer: 'A', change: -2000n });
  });

  test('moves the percentile where its bucket is a sample', () => {
    const percentile = {
      basis: 'aToB',
      commitMbps: '0',
      commitPrice: '0',
      overagePrice: '1.00',
      payer: 'B',
    } as const;
    const hours = Array.from({ length: 744 }, (): Pair => [450 * GB, 450 * GB]);
    hours[700] = [900 * GB, 450 * GB];
    const { period, issued, claim } = month(hours, { percentile });
    // One hour in 744 is among the 5 % that are dropped; 38 of them are not.
    expect(bucketStake(period, claim(700, 450), issued)).toMatchObject({ change: 0n, contested: [] });
    for (let at = 0; at < 38; at += 1) hours[at] = [900 * GB, 450 * GB];
    const high = month(
      hours.map((hour, at): Pair => (at === 37 ? [450 * GB, 450 * GB] : hour)),
      { percentile },
    );
    expect(high.issued.at(-1)!.amount).toBe(200_000n);
    expect(bucketStake(high.period, high.claim(700, 450), high.issued)).toMatchObject({
      payer: 'B',
      change: -100_000n,
      contested: [{ amount: 100_000n, payer: 'B' }],
    });
  });

  test('takes from what is zero-rated first, where the bucket could be', () => {
    const aToB = { ...LINEAR, zeroRating: { kind: 'allowance', quantity: '1400', unit: 'GB' } } as const;
    const { period, issued, claim } = month(PAIRS, { directions: { aToB } });
    expect(bucketStake(period, claim(1, 300), issued)).toMatchObject({ change: -1000n });
  });

  test('contests of a charge only what is still known as one, and was charged at the time', () => {
    const { period, claim } = month(PAIRS, { directions: { aToB: LINEAR } });
    const charge = { kind: 'usage', direction: 'aToB', tier: null, payer: 'A' } as const;
    const issued = (amount: bigint): IssuedCharge[] => [{ lineId: 'l', ...charge, amount }];
    // 150.00 are known now, 130.00 would be left. A statement that charged less contests less.
    expect(bucketStake(period, claim(1, 300), issued(14_000n)).contested).toMatchObject([{ amount: 1000n }]);
    expect(bucketStake(period, claim(1, 300), issued(13_000n)).contested).toEqual([]);
    expect(bucketStake(period, claim(1, 300), issued(20_000n)).contested).toMatchObject([{ amount: 2000n }]);
  });

  test('contests charges of the party that is relieved, and of no other', () => {
    // A sends less, which also lowers the percentile that B pays; on balance A is relieved.
    const percentile = {
      basis: 'aToB',
      commitMbps: '0',
      commitPrice: '0',
      overagePrice: '0.01',
      payer: 'B',
    } as const;
    const hours = Array.from({ length: 744 }, (_, at): Pair =>
      at < 38 ? [900 * GB, 450 * GB] : [450 * GB, 450 * GB],
    );
    const { period, issued, claim } = month(hours, { directions: { aToB: LINEAR }, percentile });
    const stake = bucketStake(period, claim(0, 450), [...issued].reverse());
    expect(stake).toMatchObject({ payer: 'A', change: -4500n + 1000n });
    expect(stake.contested).toEqual([{ lineId: 'line-0', payer: 'A', charged: 3_519_000n, amount: 3500n }]);
  });

  test('contests line after line, until the limit is reached', () => {
    const ratioExcess = { ratio: '0', unitPrice: '0.05', unit: 'GB' } as const;
    const commitments = [{ party: 'A' as const, amount: '215.00' }];
    const { period, issued, claim } = month(PAIRS, {
      directions: { aToB: LINEAR },
      ratioExcess,
      commitments,
    });
    // 20.00 and 10.00 less, of which 20.00 come back as a true-up.
    expect(bucketStake(period, claim(1, 300), issued)).toMatchObject({
      change: -1000n,
      contested: [{ lineId: 'line-0', amount: 1000n }],
    });
    const small = [{ party: 'A' as const, amount: '200.00' }];
    const less = month(PAIRS, { directions: { aToB: LINEAR }, ratioExcess, commitments: small });
    expect(bucketStake(less.period, less.claim(1, 300), less.issued)).toMatchObject({
      change: -2500n,
      contested: [
        { lineId: 'line-0', amount: 2000n },
        { lineId: 'line-1', amount: 500n },
      ],
    });
  });

  test('contests of each line no more than the claim takes from it', () => {
    const ratioExcess = { ratio: '0', unitPrice: '0.05', unit: 'GB' } as const;
    const { period, issued, claim } = month(PAIRS, { directions: { aToB: LINEAR }, ratioExcess });
    // The statement charged more than is known now, of which only the next one says something.
    const charged = issued.map((charge) => ({ ...charge, amount: charge.amount + 50_000n }));
    expect(bucketStake(period, claim(1, 300), charged).contested).toMatchObject([
      { amount: 2000n },
      { amount: 1000n },
    ]);
  });

  test('is of the sender where no money is at stake', () => {
    const { period, claim } = month(PAIRS, {});
    const reverse = claim(1, 300);
    const ofB = { ...reverse, bucket: { ...reverse.bucket, direction: 'bToA' as const, settledBytes: 0n } };
    expect(bucketStake(period, ofB, [])).toEqual({ payer: 'B', change: 0n, contested: [] });
  });

  test('concerns adjustments of other periods not at all', () => {
    const { period, claim } = month(PAIRS, { directions: { aToB: LINEAR } });
    const adjustment = { kind: 'adjustment', direction: 'aToB', tier: null, payer: 'A' } as const;
    const issued = [{ lineId: 'l', ...adjustment, amount: 15_000n }];
    expect(bucketStake(period, claim(1, 300), issued).contested).toEqual([]);
  });
});
