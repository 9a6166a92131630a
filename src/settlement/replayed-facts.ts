import type { Agreement, VersionInForce } from '../agreements/index.js';
import type { Queryable } from '../platform/database/index.js';
import type { ReconciliationService, ReplayedPeriod } from '../reconciliation/index.js';
import type { TrafficService } from '../traffic/index.js';
import { byParty } from './composition.service.js';
import { usageOfSum, type CustomerUsageSource } from './credits.service.js';
import type { FactSource } from './rules/period-facts.js';

/**
 * Periods' facts from their records alone, as they were recorded when the agreement's clock showed a figure. Each
 * period is read once: its buckets and its customers' sums come of the same records.
 */
export class ReplayedFacts implements FactSource {
  private readonly periods = new Map<string, Promise<ReplayedPeriod>>();

  constructor(
    private readonly tx: Queryable,
    private readonly rooms: { reconciliation: ReconciliationService; traffic: TrafficService },
    private readonly agreement: Agreement,
    private readonly recordedUpTo: bigint,
  ) {}

  readonly known: FactSource['known'] = async (period, version, agreedAfter) => {
    const { agreed, recordCounts, ...settled } = await this.period(period, version);
    return {
      ...settled,
      agreed: agreed.filter(({ recorded }) => recorded > agreedAfter),
      recordCounts: byParty(recordCounts, this.agreement),
    };
  };

  readonly uncorrected: NonNullable<FactSource['uncorrected']> = async (period, version, after) => {
    const recorded = { upTo: this.recordedUpTo, correctedUpTo: after };
    const replay = { period, version, recorded };
    const replayed = await this.rooms.reconciliation.replay(this.tx, this.agreement, replay);
    return { ...replayed, agreed: [], recordCounts: byParty(replayed.recordCounts, this.agreement) };
  };

  /** A party's customers' usage of a period whose facts were asked for; none of one after the agreement's end. */
  readonly customerUsage: CustomerUsageSource = async (period, providerId) => {
    const customers = (await this.periods.get(period))?.customers.get(providerId) ?? [];
    return customers.filter(({ zeroRatable }) => zeroRatable).map(usageOfSum);
  };

  private period(period: string, version: VersionInForce): Promise<ReplayedPeriod> {
    const read = this.periods.get(period) ?? this.replay(period, version);
    this.periods.set(period, read);
    return read;
  }

  private async replay(period: string, version: VersionInForce): Promise<ReplayedPeriod> {
    const { tx, agreement, recordedUpTo } = this;
    const { reconciliation, traffic } = this.rooms;
    const parties = [agreement.partyA.id, agreement.partyB.id];
    const prices = await Promise.all(
      parties.map(async (id) => [id, await traffic.pricesAsOf(tx, agreement.id, id, recordedUpTo)] as const),
    );
    const replay = { period, version, recorded: { upTo: recordedUpTo }, prices: new Map(prices) };
    return reconciliation.replay(tx, agreement, replay);
  }
}
