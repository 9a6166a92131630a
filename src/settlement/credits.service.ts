import { Injectable } from '@nestjs/common';
import type { Agreement, Side } from '../agreements/index.js';
import type { Queryable, Transaction } from '../platform/database/index.js';
import { newId } from '../platform/ids/index.js';
import { ProvidersService } from '../providers/index.js';
import type { Rating } from '../rating/index.js';
import { TrafficService, type CustomerSum } from '../traffic/index.js';
import { creditsOfParty, type Credit, type CustomerUsage } from './rules/credits-of-party.js';
import { laterCredits } from './rules/later-credits.js';
import type { StatementInput } from './rules/statement-document.js';
import { insertCredits } from './sql/insert-credits.js';
import { insertShares } from './sql/insert-shares.js';
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

/** Gives the credits that come into being with a statement. */
@Injectable()
export class CreditsService {
  constructor(
    private readonly providers: ProvidersService,
    private readonly traffic: TrafficService,
  ) {}

  /** Stores and gives what each party credits with a statement: for its period, and for those that changed. */
  async give(tx: Transaction, statementId: string, input: StatementInput): Promise<PartyCredits[]> {
    const { agreement, period, rating, restated } = input;
    const parties: [Side, string, string][] = [
      ['A', agreement.partyA.id, agreement.partyB.id],
      ['B', agreement.partyB.id, agreement.partyA.id],
    ];
    const given: PartyCredits[] = [];
    for (const [side, providerId, counterpartyId] of parties) {
      const currency = (await this.providers.findById(providerId))!.billingCurrency;
      const of = { agreement, side, providerId, currency };
      const first = await this.first(tx, of, period, rating);
      const later = await this.later(tx, of, restated);
      const party: PartyCredits = {
        providerId,
        counterpartyId,
        currency,
        credits: [...first.credits, ...later.credits],
        withoutCustomer: [...first.withoutCustomer, ...later.withoutCustomer],
      };
      const owner = { agreementId: agreement.id, statementId, providerId, currency };
      await insertCredits(
        tx,
        owner,
        party.credits,
        party.credits.map(() => newId()),
      );
      await insertShares(tx, owner, party.withoutCustomer);
      given.push(party);
    }
    return given;
  }

  private async first(
    db: Queryable,
    { agreement, side, providerId, currency }: Party,
    period: string,
    { zeroRatedBytes }: Rating,
  ): Promise<Pick<PartyCredits, 'credits' | 'withoutCustomer'>> {
    const usage = await this.usage(db, agreement, period, providerId);
    const { credits, withoutCustomer } = creditsOfParty(side, zeroRatedBytes, usage, currency);
    return {
      credits: credits.map((credit) => ({ ...credit, period, refersTo: null })),
      withoutCustomer: withoutCustomer.map((share) => ({ ...share, period })),
    };
  }

  private async later(
    db: Queryable,
    { agreement, side, providerId, currency }: Party,
    restated: StatementInput['restated'],
  ): Promise<Pick<PartyCredits, 'credits' | 'withoutCustomer'>> {
    const later: Pick<PartyCredits, 'credits' | 'withoutCustomer'> = { credits: [], withoutCustomer: [] };
    for (const { period, rating } of restated) {
      const usage = await this.usage(db, agreement, period, providerId);
      const credited = await readCredited(db, agreement.id, period, providerId);
      const changes = laterCredits(side, rating.zeroRatedBytes, usage, credited, currency);
      // One by one: there may be more customers than a call takes arguments.
      for (const credit of changes.credits) later.credits.push({ ...credit, period });
      for (const share of changes.withoutCustomer) later.withoutCustomer.push({ ...share, period });
    }
    return later;
  }

  private async usage(
    db: Queryable,
    agreement: Agreement,
    period: string,
    providerId: string,
  ): Promise<CustomerUsage[]> {
    return (await this.traffic.customerSums(db, agreement.id, period, providerId)).map(toUsage);
  }
}

interface Party {
  agreement: Agreement;
  side: Side;
  providerId: string;
  currency: string;
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
