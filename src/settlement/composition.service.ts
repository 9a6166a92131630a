import { Injectable } from '@nestjs/common';
import type { Agreement, Side, Terms } from '../agreements/index.js';
import { LedgerService } from '../ledger/index.js';
import type { Instant } from '../period/index.js';
import type { Queryable } from '../platform/database/index.js';
import { ProvidersService } from '../providers/index.js';
import { rate, type RatedUsage } from '../rating/index.js';
import { ReconciliationService, type SettledPeriod } from '../reconciliation/index.js';
import { TrafficService, type CustomerSum } from '../traffic/index.js';
import { creditsOfParty, type Credit, type CustomerUsage } from './rules/credits-of-party.js';
import { samplesOf, usageOfParts } from './rules/rated-usage.js';
import type { StatementInput } from './rules/statement-document.js';
import { readPrevious } from './sql/read-previous.js';

/** A party's own customers' credits, in its billing currency. */
export interface PartyCredits {
  providerId: string;
  counterpartyId: string;
  currency: string;
  credits: Credit[];
}

/** Computes what a period comes to, from what is recorded; stores nothing. */
@Injectable()
export class CompositionService {
  constructor(
    private readonly ledger: LedgerService,
    private readonly providers: ProvidersService,
    private readonly reconciliation: ReconciliationService,
    private readonly traffic: TrafficService,
  ) {}

  /** All that the period's statement would be made of if it were issued at `issuedAt`. */
  async statement(
    db: Queryable,
    agreement: Agreement,
    period: string,
    issuedAt: Instant,
  ): Promise<StatementInput> {
    const reconciled = await this.reconciliation.settled(db, agreement, period);
    const { terms } = reconciled.version;
    const usage = await this.usage(db, agreement, period, reconciled, terms);
    const previous = await readPrevious(db, agreement.id);
    const closing = BigInt(previous?.closingBalance ?? 0);
    const records = await this.traffic.recordCounts(db, agreement.id, period);
    return {
      agreement,
      sequence: (previous?.sequence ?? 0) + 1,
      period,
      version: { number: reconciled.version.version, terms },
      totals: reconciled.directions,
      bucketCounts: reconciled.counts,
      recordCounts: { A: records.get(agreement.partyA.id) ?? 0, B: records.get(agreement.partyB.id) ?? 0 },
      settledBytes: usage.settledBytes,
      rating: rate(terms, usage, agreement.currency),
      issuedAt,
      previous: previous && { sha256: previous.sha256, closingBalance: closing },
      // What is owed changes by statements and payments alone; a dispute moves it, and a void takes back both.
      paymentsSince: closing - (await this.owedByA(agreement)),
    };
  }

  /** What rating needs of a settled period, under its own terms or others. */
  async usage(
    db: Queryable,
    agreement: Agreement,
    period: string,
    { sums, grid }: SettledPeriod,
    terms: Terms,
  ): Promise<RatedUsage> {
    if (!terms.percentile) return usageOfParts(sums, terms, undefined);
    const samples = await this.reconciliation.samples(db, agreement.id, period, grid);
    return usageOfParts(sums, terms, samplesOf(samples, grid));
  }

  /** What A owes B by the agreement now, disputed or not; negative where B owes A. */
  private async owedByA({ id, partyA, currency }: Agreement): Promise<bigint> {
    const { net } = await this.ledger.position({ bookId: partyA.id, agreementId: id, currency });
    return -net;
  }

  /** What each party credits to its own customers; each list is for its own party's eyes alone. */
  async credits(
    db: Queryable,
    { agreement, period, rating }: Pick<StatementInput, 'agreement' | 'period' | 'rating'>,
  ): Promise<PartyCredits[]> {
    const parties: [Side, string, string][] = [
      ['A', agreement.partyA.id, agreement.partyB.id],
      ['B', agreement.partyB.id, agreement.partyA.id],
    ];
    const given: PartyCredits[] = [];
    for (const [side, providerId, counterpartyId] of parties) {
      const currency = (await this.providers.findById(providerId))!.billingCurrency;
      const sums = await this.traffic.customerSums(db, agreement.id, period, providerId);
      const credits = creditsOfParty(side, rating.zeroRatedBytes, sums.map(toUsage), currency);
      given.push({ providerId, counterpartyId, currency, credits });
    }
    return given;
  }
}

/** Sums keep '' and the beginning of time where there is no customer, region or price. */
function toUsage({ customer, priceFrom, region, unitPrice, bytes, ...sum }: CustomerSum): CustomerUsage {
  return {
    ...sum,
    customer: customer || null,
    priceFrom: priceFrom.getTime() || null,
    region: region || null,
    unitPrice: unitPrice || null,
    bytes: BigInt(bytes),
  } as CustomerUsage;
}
