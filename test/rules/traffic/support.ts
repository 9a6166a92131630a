import { completeTerms, type ProposedTerms } from '../../../src/agreements/rules/complete-terms.js';
import type { VersionInForce } from '../../../src/agreements/rules/version-in-force.js';
import type { ListPrice } from '../../../src/providers/rules/list-price.js';
import { PeriodTable } from '../../../src/traffic/rules/period-table.js';
import type { TrafficRecord } from '../../../src/traffic/rules/traffic-record.js';

export function at(text: string): number {
  const instant = Date.parse(text);
  if (Number.isNaN(instant)) throw new Error(`Not an instant: ${text}`);
  return instant;
}

export function record(start: string, end: string, more: Partial<TrafficRecord> = {}): TrafficRecord {
  return {
    id: 'r-1',
    revision: 0,
    direction: 'egress',
    start: at(start),
    end: at(end),
    bytes: 1_000n,
    sourceRegion: null,
    destinationRegion: null,
    service: null,
    customer: null,
    chargedUnitPrice: null,
    void: false,
    ...more,
  };
}

export function listPrice(from: string, unitPrice: string, more: Partial<ListPrice> = {}): ListPrice {
  return { side: 'egress', region: null, from: at(from), unit: 'GB', unitPrice, ...more };
}

export function version(effectiveFrom: string, proposed: Partial<ProposedTerms> = {}): VersionInForce {
  const terms = completeTerms({ directions: {}, ...proposed }, 'USD');
  return { version: 1, effectiveFrom, inForceAt: 0, terms };
}

export interface TableOptions extends Partial<ProposedTerms> {
  timezone?: string;
  from?: string;
  closed?: string[];
  lastPeriod?: string | null;
}

/** The periods of an agreement with one version. */
export function periodTable({
  timezone = 'Etc/UTC',
  from = '2020-01',
  closed = [],
  lastPeriod = null,
  ...proposed
}: TableOptions = {}): PeriodTable {
  return new PeriodTable(timezone, [version(from, proposed)], new Set(closed), lastPeriod);
}
