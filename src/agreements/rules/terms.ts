/**
 * The terms of an agreement's version (domain contract, sections 5 to 9; API contract, "Terms").
 * This is the complete document: defaults are filled in before a version is hashed and stored.
 */

/** A decimal string such as "0.015": at most 12 decimals, never negative. */
export type Decimal = string;

/** A non-negative integer in decimal digits. */
export type ByteCount = string;

/** Flow of traffic as the agreement sees it. */
export type FlowDirection = 'aToB' | 'bToA';
export const FLOW_DIRECTIONS: readonly FlowDirection[] = ['aToB', 'bToA'];

/** A party as the agreement sees it. */
export type Side = 'A' | 'B';

/** Units of traffic: powers of ten, and of two. */
export type TrafficUnit = 'GB' | 'TB' | 'PB' | 'GiB' | 'TiB' | 'PiB';

export type BucketSize = '5min' | '15min' | 'hour' | 'day' | 'month';
export type ScopeField = 'sourceRegion' | 'destinationRegion' | 'service';
export type SettledBytesRule = 'sender' | 'receiver' | 'lower' | 'higher' | 'average';

export interface ReconciliationTerms {
  bucket: BucketSize;
  /** The fields by which buckets are split, a subset of the three. */
  scope: ScopeField[];
  /** The values each scope field may take; one list for every field in `scope`. */
  scopeValues: Partial<Record<ScopeField, string[]>>;
  absoluteBytes: ByteCount;
  ppm: number;
  monthAbsoluteBytes: ByteCount;
  monthPpm: number;
  settledBytesRule: SettledBytesRule;
  mismatchRule: SettledBytesRule;
  oneSided: 'use_reported' | 'hold';
}

/** Calendar days in the agreement's timezone; each ends at local midnight. */
export interface DayCounts {
  cutOff: number;
  acceptance: number;
  payment: number;
  disputeWindow: number;
}

export type ZeroRating =
  | { kind: 'none' }
  | ({ kind: 'all' } & ZeroRatingLimits)
  | ({ kind: 'allowance'; quantity: Decimal; unit: TrafficUnit } & ZeroRatingLimits);

/** Where a zero-rating holds; an empty list sets no limit. Limited fields are part of the scope. */
export interface ZeroRatingLimits {
  sourceRegions: string[];
  destinationRegions: string[];
  services: string[];
}

/** A tier of a graduated or volume price. `upTo` belongs to the tier; null marks the open last one. */
export interface Tier {
  upTo: Decimal | null;
  unitPrice: Decimal;
  flatFee?: Decimal;
}

export type Payer = 'sender' | 'receiver';

export type Pricing =
  | { model: 'none' }
  | { model: 'linear'; unit: TrafficUnit; payer: Payer; unitPrice: Decimal }
  | { model: 'graduated' | 'volume'; unit: TrafficUnit; payer: Payer; tiers: Tier[] };

export interface DirectionTerms {
  zeroRating: ZeroRating;
  pricing: Pricing;
}

export interface RatioExcess {
  ratio: Decimal;
  unitPrice: Decimal;
  unit: TrafficUnit;
}

export interface Percentile {
  basis: FlowDirection | 'max_of_directions';
  commitMbps: Decimal;
  commitPrice: Decimal;
  overagePrice: Decimal;
  payer: Side;
}

export interface Commitment {
  party: Side;
  amount: Decimal;
}

export interface Terms {
  reconciliation: ReconciliationTerms;
  days: DayCounts;
  backBillingMonths: number;
  minimumDisputeAmount: Decimal;
  netting: boolean;
  directions: Record<FlowDirection, DirectionTerms>;
  ratioExcess?: RatioExcess;
  percentile?: Percentile;
  commitments: Commitment[];
}
