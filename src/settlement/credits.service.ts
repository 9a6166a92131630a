import { Injectable } from '@nestjs/common';
import type { Side } from '../agreements/index.js';
import type { Queryable, Transaction } from '../platform/database/index.js';
import { newId } from '../platform/ids/index.js';
import { ProvidersService } from '../providers/index.js';
import { TrafficService, type CustomerSum, type CustomerUsage as ReplayedSum } from '../traffic/index.js';
import { creditsOfParty, type Credit, type CustomerUsage } from './rules/credits-of-party.js';
import { laterCredits } from './rules/later-credits.js';
import type { StatementInput } from './rules/statement-document.js';
import { insertCredits } from './sql/insert-credits.js';
import { insertShares } from './sql/insert-shares.js';
import type { Past } from './sql/list-standing.js';
import { readCredited } from './sql/read-credited.js';

/** A credit of a period: of the statement's own, or of an issued one that later data changed. */
export interface PeriodCredit extends Credit {
  period: string;
  /** The credit that it changes. */
  refersTo: string | null;
}

/** The share of a period's zero-rated bytes that no customer was charged for. */
export interface UncreditedShare extends CustomerUsage {
  period: string;
}

/** What a party gives to its own customers, in its billing currency; for its own eyes alone. */
export interface PartyCredits {
  providerId: string;
  counterpartyId: string;
  currency: string;
  credits: PeriodCredit[];
  withoutCustomer: UncreditedShare[];
}

/** Gives a party's own customers' usage of a period, inside the zero-rating's limits. */
export type CustomerUsageSource = (period: string, providerId: string) => Promise<CustomerUsage[]>;

/** Gives the credits that come into being with a statement. */
@Injectable()
export class CreditsService {
  constructor(
    private readonly providers: ProvidersService,
    private readonly traffic: TrafficService,
  ) {}

  /** Stores and gives what each party credits with a statement: for its period, and for those that changed. */
  async give(tx: Transaction, statementId: string, input: StatementInput): Promise<PartyCredits[]> {
    const agreementId = input.agreement.id;
    const usage: CustomerUsageSource = async (period, providerId) =>
      (await this.traffic.customerSums(tx, agreementId, period, providerId)).map(toUsage);
    const given = await this.compute(tx, input, usage, null);
    for (const { providerId, currency, credits, withoutCustomer } of given) {
      const owner = { agreementId, statementId, providerId, currency };
      await insertCredits(
        tx,
        owner,
        credits,
        credits.map(() => newId()),
      );
      await insertShares(tx, owner, withoutCustomer);
    }
    return given;
  }

  /** What each party credits with a statement, A's first; of a recorded one with the past that it was made of. */
  async compute(
    db: Queryable,
    { agreement, period, rating, restated }: StatementInput,
    usage: CustomerUsageSource,
    past: Past | null,
  ): Promise<PartyCredits[]> {
    const parties: [Side, string, string][] = [
      ['A', agreement.partyA.id, agreement.partyB.id],
      ['B', agreement.partyB.id, agreement.partyA.id],
    ];
    const given: PartyCredits[] = [];
    for (const [side, providerId, counterpartyId] of parties) {
      const currency = (await this.providers.findById(providerId))!.billingCurrency;
      const own = creditsOfParty(side, rating.zeroRatedBytes, await usage(period, providerId), currency);
      const party: PartyCredits = {
        providerId,
        counterpartyId,
        currency,
        credits: own.credits.map((credit) => ({ ...credit, period, refersTo: null })),
        withoutCustomer: own.withoutCustomer.map((share) => ({ ...share, period })),
      };
      for (const { period: changed, rating: now } of restated) {
        const credited = await readCredited(db, agreement.id, changed, providerId, past);
        const reported = await usage(changed, providerId);
        const later = laterCredits(side, now.zeroRatedBytes, reported, credited, currency);
        // One by one: there may be more customers than a call takes arguments.
        for (const credit of later.credits) party.credits.push({ ...credit, period: changed });
        for (const share of later.withoutCustomer) party.withoutCustomer.push({ ...share, period: changed });
      }
      given.push(party);
    }
    return given;
  }
}

/** Sums keep '' and the beginning of time where there is no customer, region or price. */
function toUsage({ priceFrom, bytes, ...sum }: CustomerSum): CustomerUsage {
  return usageOfSum({ ...sum, priceFrom: priceFrom.getTime(), bytes: BigInt(bytes) });
}

/** The same of sums that were added up from records. */
export function usageOfSum({
  direction,
  customer,
  priceFrom,
  region,
  unit,
  unitPrice,
  bytes,
}: Pick<
  ReplayedSum,
  'direction' | 'customer' | 'priceFrom' | 'region' | 'unit' | 'unitPrice' | 'bytes'
>): CustomerUsage {
  return {
    direction,
    customer: customer || null,
    priceFrom: priceFrom || null,
    region: region || null,
    unit: unit as CustomerUsage['unit'],
    unitPrice: unitPrice || null,
    bytes,
  };
}
