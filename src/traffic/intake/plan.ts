import type { Side, VersionInForce } from '../../agreements/index.js';
import type { Suspension } from '../../agreements/rules/agreement-state.js';
import type { Instant } from '../../period/index.js';
import type { ListPrice } from '../../providers/index.js';
import type { CustomerKey } from '../rules/pseudonym.js';

/** What bodies of batches may be. */
export type BodyFormat = 'json' | 'cloudevents' | 'ndjson' | 'csv';

export interface BodyLimits {
  records: number;
  record_bytes: number;
}

/** All that is needed to read a batch without looking anything up. */
export interface IntakePlan {
  agreementId: string;
  reporterId: string;
  batchId: string;
  side: Side;
  timezone: string;
  lastPeriod: string | null;
  versions: readonly VersionInForce[];
  /** Periods that take nothing more. */
  closed: readonly string[];
  suspensions: readonly Suspension[];
  prices: readonly ListPrice[];
  /** The reporter's keys for pseudonyms, the current one last; none where customers are kept as they are. */
  customerKeys: readonly CustomerKey[];
  now: Instant;
  format: BodyFormat;
  limits: BodyLimits;
}
