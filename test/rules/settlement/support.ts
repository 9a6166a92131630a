import type { Agreement } from '../../../src/agreements/index.js';
import { completeTerms, type ProposedTerms } from '../../../src/agreements/rules/complete-terms.js';
import type { Terms } from '../../../src/agreements/rules/terms.js';
import { rate, type Rating } from '../../../src/rating/index.js';
import type { StatementInput } from '../../../src/settlement/rules/statement-document.js';

export function at(text: string): number {
  const instant = Date.parse(text);
  if (Number.isNaN(instant)) throw new Error(`Not an instant: ${text}`);
  return instant;
}

export function terms(proposed: Partial<ProposedTerms> = {}, currency = 'USD'): Terms {
  return completeTerms({ directions: {}, ...proposed }, currency);
}

export function agreement(change: Partial<Agreement> = {}): Agreement {
  return {
    id: '01900000-0000-7000-8000-000000000001',
    code: 'alpha-beta',
    partyA: { id: '01900000-0000-7000-8000-00000000000a', code: 'alpha' },
    partyB: { id: '01900000-0000-7000-8000-00000000000b', code: 'beta' },
    timezone: 'Etc/UTC',
    currency: 'USD',
    autoClose: true,
    createdAt: new Date(0),
    lastPeriod: null,
    suspensions: [],
    hasTerms: true,
    ...change,
  };
}

/** What A pays a unit of 1 GB; B pays nothing. */
export const A_PAYS: Partial<ProposedTerms> = {
  directions: { aToB: { pricing: { model: 'linear', unit: 'GB', unitPrice: '0.02' } } },
};

export const B_PAYS: Partial<ProposedTerms> = {
  directions: { bToA: { pricing: { model: 'linear', unit: 'GB', unitPrice: '0.02' } } },
};

export function rated(of: Terms, aToB: bigint, bToA = 0n, currency = 'USD'): Rating {
  const settledBytes = { aToB, bToA };
  return rate(of, { settledBytes, zeroRatableBytes: settledBytes }, currency);
}

/** A statement of 100,000 GB that A sent at 0.02, 2,000.00, with whatever is changed. */
export function input(change: Partial<StatementInput> = {}, proposed = A_PAYS): StatementInput {
  const ofVersion = terms(proposed);
  const settledBytes = { aToB: 100_000n * 10n ** 9n, bToA: 0n };
  const none = { senderBytes: 0n, receiverBytes: 0n, settledBytes: 0n, discrepancyBytes: 0n };
  return {
    agreement: agreement(),
    sequence: 1,
    period: '2026-10',
    version: { number: 3, terms: ofVersion },
    totals: {
      aToB: {
        senderBytes: 100_000_000_000_007n,
        receiverBytes: 100_000_000_000_009n,
        settledBytes: settledBytes.aToB,
        discrepancyBytes: 2n,
      },
      bToA: none,
    },
    bucketCounts: { exact: 5, within_tolerance: 4, mismatch: 3, missing_sender: 2, missing_receiver: 1 },
    recordCounts: { A: 11, B: 12 },
    settledBytes,
    rating: rated(ofVersion, settledBytes.aToB, settledBytes.bToA),
    adjustments: [],
    restated: [],
    openDisputes: [],
    issuedAt: at('2026-11-06T00:00:00Z'),
    previous: null,
    paymentsSince: 0n,
    ...change,
  };
}
