import type { ComparedBucket, DiscrepancyPosition } from '../../reconciliation/index.js';
import { discrepancyPositionOf } from '../../reconciliation/rules/bucket-position.js';

/** A bucket whose sides differ, and what that is about in money. */
export interface Discrepancy {
  bucket: ComparedBucket;
  /** Minor units, never negative. */
  amountAtStake: bigint;
}

/** Where a list of discrepancies goes on: money at stake, then as by bytes. */
export type RankedPosition = [money: string, ...DiscrepancyPosition];

/** Stands for the money of what is listed by bytes. */
export const UNRANKED = '';

/** Most money at stake first, then most bytes, then as buckets are listed. */
export function rankDiscrepancies(discrepancies: readonly Discrepancy[]): Discrepancy[] {
  return [...discrepancies].sort((a, b) => comparePositions(rankedPositionOf(a), rankedPositionOf(b)));
}

/** Those that come after a position, of some that are ranked. */
export function afterPosition(ranked: readonly Discrepancy[], position: RankedPosition): Discrepancy[] {
  return ranked.filter((each) => comparePositions(rankedPositionOf(each), position) > 0);
}

export function rankedPositionOf({ bucket, amountAtStake }: Discrepancy): RankedPosition {
  return [String(amountAtStake), ...discrepancyPositionOf(bucket)];
}

function comparePositions(a: RankedPosition, b: RankedPosition): number {
  const [money, bytes, ...bucket] = a;
  const [otherMoney, otherBytes, ...otherBucket] = b;
  return (
    descending(BigInt(money), BigInt(otherMoney)) ||
    descending(BigInt(bytes), BigInt(otherBytes)) ||
    bucket.reduce<number>((found, part, at) => found || ascending(part, otherBucket[at]!), 0)
  );
}

function descending(a: bigint, b: bigint): number {
  return a > b ? -1 : a < b ? 1 : 0;
}

function ascending(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
