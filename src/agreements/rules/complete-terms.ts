import { formatAmount } from '../../money/index.js';
import type {
  DirectionTerms,
  FlowDirection,
  Pricing,
  ReconciliationTerms,
  Terms,
  Tier,
  ZeroRating,
  ZeroRatingLimits,
} from './terms.js';

/** Terms as a party writes them: everything but `directions` may be left out. */
export interface ProposedTerms {
  reconciliation?: Partial<ReconciliationTerms>;
  days?: Partial<Terms['days']>;
  backBillingMonths?: number;
  minimumDisputeAmount?: string;
  netting?: boolean;
  directions: Partial<Record<FlowDirection, ProposedDirection>>;
  ratioExcess?: Terms['ratioExcess'];
  percentile?: Terms['percentile'];
  commitments?: Terms['commitments'];
}

interface ProposedDirection {
  zeroRating?: { kind: ZeroRating['kind']; quantity?: string; unit?: string } & Partial<ZeroRatingLimits>;
  pricing?: { model: Pricing['model']; unit?: string; payer?: string; unitPrice?: string; tiers?: Tier[] };
}

const RECONCILIATION: ReconciliationTerms = {
  bucket: 'hour',
  scope: [],
  scopeValues: {},
  absoluteBytes: '0',
  ppm: 1000,
  monthAbsoluteBytes: '0',
  monthPpm: 1000,
  settledBytesRule: 'lower',
  mismatchRule: 'lower',
  oneSided: 'use_reported',
};

/** Fills in the defaults of the API contract ("Terms"), so that a version's hash covers all that holds. */
export function completeTerms(proposed: ProposedTerms, currency: string): Terms {
  return {
    reconciliation: { ...RECONCILIATION, ...proposed.reconciliation },
    days: { cutOff: 5, acceptance: 15, payment: 30, disputeWindow: 60, ...proposed.days },
    backBillingMonths: proposed.backBillingMonths ?? 6,
    minimumDisputeAmount: proposed.minimumDisputeAmount ?? formatAmount(0n, currency),
    netting: proposed.netting ?? true,
    directions: {
      aToB: completeDirection(proposed.directions.aToB),
      bToA: completeDirection(proposed.directions.bToA),
    },
    ...(proposed.ratioExcess && { ratioExcess: proposed.ratioExcess }),
    ...(proposed.percentile && { percentile: proposed.percentile }),
    commitments: proposed.commitments ?? [],
  };
}

function completeDirection(direction: ProposedDirection = {}): DirectionTerms {
  return { zeroRating: completeZeroRating(direction), pricing: completePricing(direction) };
}

function completeZeroRating({ zeroRating }: ProposedDirection): ZeroRating {
  if (!zeroRating || zeroRating.kind === 'none') return { kind: 'none' };
  return { sourceRegions: [], destinationRegions: [], services: [], ...zeroRating } as ZeroRating;
}

function completePricing({ pricing }: ProposedDirection): Pricing {
  if (!pricing || pricing.model === 'none') return { model: 'none' };
  return { ...pricing, payer: pricing.payer ?? 'sender' } as Pricing;
}
