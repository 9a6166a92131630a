import type { Side, Suspension } from '../../agreements/index.js';
import { isSuspended } from '../../agreements/rules/agreement-state.js';
import { isZeroRatable } from '../../agreements/rules/zero-rating-limits.js';
import { bucketEndAt, bucketIndexAt, type Instant } from '../../period/index.js';
import type { ListPrice } from '../../providers/index.js';
import {
  refuseClosed,
  refuseRecord,
  refuseSuspended,
  type PeriodRules,
  type Refusal,
} from '../rules/period-rules.js';
import type { PeriodTable } from '../rules/period-table.js';
import { creditPriceAt } from '../rules/price-in-force.js';
import { flowOf, flowSideOf, type TrafficRecord } from '../rules/traffic-record.js';
import { scopeOf, type BucketUsage, type CustomerUsage } from '../rules/usage.js';
import { MEMBER, type ScannedRecord } from './scanned-record.js';
import type { TextTable } from './text-table.js';

/** The rules that records of one reporter are held to. */
export interface UsageRules {
  side: Side;
  prices: readonly ListPrice[];
  periods: PeriodTable;
  suspensions: readonly Suspension[];
  now: Instant;
}

/** A stretch of time in which records of one direction fall into one bucket, at one set of list prices. */
export interface UsageWindow {
  start: Instant;
  end: Instant;
  number: number;
  bucketStart: Instant;
  rules: PeriodRules;
  classes: Map<number, UsageClass | null>;
}

/** What records of one period, direction, scope and price have in common: where they are added. */
export interface UsageClass {
  scopeNumber: number;
  priceNumber: number;
  bucket: Omit<BucketUsage, 'bucketStart' | 'bytes' | 'records'>;
  credit: Omit<CustomerUsage, 'customer' | 'bytes' | 'records'>;
}

/** Numbers of texts, scopes and prices lie below it, so that two fit into a double, and three of texts. */
export const NUMBER_RANGE = 2 ** 17;

/** Why a record could not be taken if it were new, or null. */
export function refusalOf(record: TrafficRecord, rules: UsageRules): Refusal | null {
  const periods = rules.periods.overlapping(record.start, record.end);
  return (
    refuseRecord(record, periods, rules.now) ??
    refuseSuspended(record, rules.suspensions) ??
    refuseClosed(periods)
  );
}

/** The record that was scanned. */
export function recordOf(scanned: ScannedRecord): TrafficRecord {
  return {
    id: scanned.text(MEMBER.id)!,
    revision: scanned.revision,
    direction: scanned.isEgress ? 'egress' : 'ingress',
    start: scanned.start,
    end: scanned.end,
    bytes: BigInt(scanned.bytes),
    sourceRegion: scanned.text(MEMBER.sourceRegion),
    destinationRegion: scanned.text(MEMBER.destinationRegion),
    service: scanned.text(MEMBER.service),
    customer: scanned.text(MEMBER.customer),
    chargedUnitPrice: scanned.text(MEMBER.chargedUnitPrice),
    void: false,
  };
}

/**
 * Finds what a scanned record has in common with others. The rules are asked once for each window and class,
 * with the first record that shows up, instead of once for each record.
 */
export class UsageClasses {
  private readonly windows = new Map<number, UsageWindow[]>();
  private readonly latest: (UsageWindow | null)[] = [null, null];
  private readonly classes = new Map<string, Map<number, UsageClass | null>>();
  private readonly scopes = new Map<number, number>();
  private readonly bucketNumbers = new Map<string, number>();
  private readonly scopeNumbers = new Map<string, number>();
  private readonly priceNumbers = new Map<string, number>();
  private opened = 0;

  constructor(
    private readonly rules: UsageRules,
    private readonly texts: TextTable,
  ) {}

  /** How many windows and classes are kept. */
  get size(): number {
    return this.opened;
  }

  /** The window that the record lies in, or null where it crosses a boundary or needs a closer look. */
  windowOf({ isEgress, start, end }: ScannedRecord): UsageWindow | null {
    const side = isEgress ? 0 : 1;
    const latest = this.latest[side]!;
    if (latest && start >= latest.start && end <= latest.end) return latest;
    const periods = this.rules.periods.overlapping(start, end);
    const rules = periods[0];
    if (periods.length !== 1 || !rules || start < rules.start || end > this.rules.now) return null;
    const index = bucketIndexAt(rules.grid, start);
    const key = rules.grid.starts[index]! * 2 + side;
    const known = this.windows.get(key) ?? [];
    let window = known.find((each) => start >= each.start && end <= each.end) ?? null;
    if (!window) {
      window = this.openWindow(rules, index, isEgress, start);
      if (end > window.end || isSuspended(this.rules.suspensions, window.start, window.end)) return null;
      this.windows.set(key, [...known, window]);
      this.opened += 1;
    }
    this.latest[side] = window;
    return window;
  }

  /** The record's class; null where it would be refused. */
  classOf(record: ScannedRecord, window: UsageWindow): UsageClass | null {
    const scopeKey =
      (this.numberOf(record, MEMBER.sourceRegion) * NUMBER_RANGE +
        this.numberOf(record, MEMBER.destinationRegion)) *
        NUMBER_RANGE +
      this.numberOf(record, MEMBER.service);
    let scope = this.scopes.get(scopeKey);
    if (scope === undefined) {
      scope = this.scopes.size;
      this.scopes.set(scopeKey, scope);
    }
    const key = scope * NUMBER_RANGE + this.numberOf(record, MEMBER.chargedUnitPrice);
    const known = window.classes.get(key);
    if (known !== undefined) return known;
    const found = this.openClass(recordOf(record), window.rules);
    window.classes.set(key, found);
    this.opened += 1;
    return found;
  }

  /** The number of one of a record's texts; 0 where it is absent. */
  numberOf(record: ScannedRecord, member: number): number {
    const from = record.from[member]!;
    return from < 0 ? 0 : this.texts.numberOf(record.source, from, record.to[member]!) + 1;
  }

  private openWindow(rules: PeriodRules, index: number, isEgress: boolean, at: Instant): UsageWindow {
    const side = isEgress ? 'egress' : 'ingress';
    const cuts = this.rules.prices.filter((price) => price.side === side).map(({ from }) => from);
    const pricesFrom = Math.max(0, ...cuts.filter((cut) => cut <= at));
    const pricesUntil = Math.min(this.rules.now, ...cuts.filter((cut) => cut > at));
    const bucketStart = rules.grid.starts[index]!;
    const classesKey = `${rules.period} ${side} ${pricesFrom}`;
    const classes = this.classes.get(classesKey) ?? new Map<number, UsageClass | null>();
    this.classes.set(classesKey, classes);
    return {
      start: Math.max(bucketStart, pricesFrom),
      end: Math.min(bucketEndAt(rules.grid, index), pricesUntil),
      number: numberIn(this.bucketNumbers, `${rules.period} ${bucketStart}`),
      bucketStart,
      rules,
      classes,
    };
  }

  private openClass(record: TrafficRecord, { period, terms }: PeriodRules): UsageClass | null {
    if (refusalOf(record, this.rules) !== null) return null;
    const direction = flowOf(this.rules.side, record.direction);
    const bucket = { period, direction, side: flowSideOf(record.direction), ...scopeOf(record, terms) };
    const zeroRatable = isZeroRatable(record, terms, direction);
    const credit = {
      period,
      direction,
      zeroRatable,
      ...creditPriceAt(this.rules.prices, record, record.start),
    };
    return {
      scopeNumber: numberIn(this.scopeNumbers, JSON.stringify(bucket)),
      priceNumber: numberIn(this.priceNumbers, JSON.stringify(credit)),
      bucket,
      credit,
    };
  }
}

/** The number of a key, counted from 0 as they come up. */
function numberIn(numbers: Map<string, number>, key: string): number {
  const number = numbers.get(key) ?? numbers.size;
  numbers.set(key, number);
  return number;
}
