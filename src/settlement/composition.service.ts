import { Injectable } from '@nestjs/common';
import {
  AgreementsService,
  bothParties,
  type Agreement,
  type Terms,
  type VersionInForce,
} from '../agreements/index.js';
import { LedgerService } from '../ledger/index.js';
import { bucketGrid, type Instant } from '../period/index.js';
import { Database, type Queryable } from '../platform/database/index.js';
import { rate, type RatedUsage, type Rating } from '../rating/index.js';
import { ReconciliationService, type SettledPeriod } from '../reconciliation/index.js';
import { TrafficService } from '../traffic/index.js';
import { AdjustmentsService, type Later } from './adjustments.service.js';
import { isAfterEnd, usageOfFacts, type FactSource, type PeriodFacts } from './rules/period-facts.js';
import { NOTHING_RATED, type OpenDispute, type StatementInput } from './rules/statement-document.js';
import type { Past } from './sql/list-standing.js';
import { readPrevious, type PreviousStatement } from './sql/read-previous.js';

/** What a statement is composed of, beside its period. */
export interface Composed {
  issuedAt: Instant;
  facts: FactSource;
  previous: PreviousStatement | null;
  /** Positive where A paid B. */
  paymentsSince: bigint;
  /** The past that a recorded statement is composed of again; null for what is known now. */
  looked: Past | null;
}

/** No figure of a clock is higher: bigint of PostgreSQL. */
const LATEST = 2n ** 63n - 1n;

/** Tells which disputes of an agreement are open, or were at a figure of its clock; a room above knows. */
export type OpenDisputesSource = (
  db: Queryable,
  agreementId: string,
  recordedUpTo: bigint | null,
) => Promise<OpenDispute[]>;

/** Computes what a period comes to, from what is recorded; stores nothing. */
@Injectable()
export class CompositionService {
  private openDisputes: OpenDisputesSource = () => Promise.resolve([]);

  constructor(
    private readonly adjustments: AdjustmentsService,
    private readonly agreements: AgreementsService,
    private readonly database: Database,
    private readonly ledger: LedgerService,
    private readonly reconciliation: ReconciliationService,
    private readonly traffic: TrafficService,
  ) {}

  /** Connects the room that knows disputes; without it none is open. */
  provideOpenDisputes(source: OpenDisputesSource): void {
    this.openDisputes = source;
  }

  /** All that the period's statement would be made of if it were issued at `issuedAt`. */
  async statement(
    db: Queryable,
    agreement: Agreement,
    period: string,
    issuedAt: Instant,
  ): Promise<StatementInput> {
    const version = await this.governing(db, agreement, period);
    const previous = await readPrevious(db, agreement.id);
    // What is owed changes by statements and payments alone; a dispute moves it, and a void takes back both.
    const paymentsSince = BigInt(previous?.closingBalance ?? 0) - (await this.owedByA(agreement));
    const facts = this.current(db, agreement);
    return this.compose(db, agreement, period, version, {
      issuedAt,
      facts,
      previous,
      paymentsSince,
      looked: null,
    });
  }

  /** The same from given facts. */
  async compose(
    db: Queryable,
    agreement: Agreement,
    period: string,
    version: VersionInForce,
    { issuedAt, facts, previous, paymentsSince, looked }: Composed,
  ): Promise<StatementInput> {
    const { terms } = version;
    const known = await this.known(db, agreement, period, version, facts);
    const usage = usageOfFacts(known, terms);
    const later = await this.adjustments.since(db, agreement, facts, looked);
    return {
      agreement,
      sequence: (previous?.sequence ?? 0) + 1,
      period,
      version: { number: version.version, terms },
      totals: known.directions,
      bucketCounts: known.counts,
      recordCounts: known.recordCounts,
      settledBytes: usage.settledBytes,
      rating: isAfterEnd(agreement, period) ? NOTHING_RATED : rate(terms, usage, agreement.currency),
      ...later,
      openDisputes: await this.openDisputes(db, agreement.id, looked?.recordedUpTo ?? null),
      issuedAt,
      previous: previous && {
        sha256: previous.sha256,
        closingBalance: BigInt(previous.closingBalance),
      },
      paymentsSince,
    };
  }

  /** A period's facts, as they are known now unless others are given. */
  async known(
    db: Queryable,
    agreement: Agreement,
    period: string,
    version: VersionInForce,
    facts: FactSource = this.current(db, agreement),
  ): Promise<PeriodFacts> {
    return isAfterEnd(agreement, period)
      ? nothingKnown(version, period, agreement)
      : facts.known(period, version, 0n);
  }

  /** The version by which a period is settled; after the agreement's end that of its last period. */
  async governing(db: Queryable, agreement: Agreement, period: string): Promise<VersionInForce> {
    const governed = isAfterEnd(agreement, period) ? agreement.lastPeriod! : period;
    return this.agreements.versionFor(db, agreement, governed);
  }

  /** What rating needs of a settled period, under its own terms or others. */
  async usage(
    db: Queryable,
    agreement: Agreement,
    period: string,
    settled: SettledPeriod,
    terms: Terms,
  ): Promise<RatedUsage> {
    const samples = terms.percentile
      ? await this.reconciliation.samples(db, agreement.id, period, settled.grid)
      : [];
    return usageOfFacts({ ...settled, samples }, terms);
  }

  /** What a period's charges come to so far. */
  async rating(db: Queryable, agreement: Agreement, period: string): Promise<Rating> {
    const version = await this.agreements.versionFor(db, agreement, period);
    const known = await this.current(db, agreement).known(period, version, 0n);
    return rate(version.terms, usageOfFacts(known, version.terms), agreement.currency);
  }

  /** What issued periods changed by since the last statement, all of it as if it had come late: causes cost more. */
  async later(db: Queryable, agreement: Agreement): Promise<Later> {
    return this.adjustments.since(db, agreement, { ...this.current(db, agreement), uncorrected: null });
  }

  /** Periods' facts as they are known now: from the sums that are kept up, or without corrections from the records. */
  current(db: Queryable, agreement: Agreement): FactSource {
    return {
      known: async (period, { terms }, agreedAfter) => {
        const settled = await this.reconciliation.settled(db, agreement, period);
        const records = await this.traffic.recordCounts(db, agreement.id, period);
        return {
          ...settled,
          samples: terms.percentile
            ? await this.reconciliation.samples(db, agreement.id, period, settled.grid)
            : [],
          agreed: await this.reconciliation.agreedSince(db, agreement.id, period, settled, agreedAfter),
          recordCounts: byParty(records, agreement),
        };
      },
      uncorrected: async (period, version, after) => {
        const recorded = { upTo: LATEST, correctedUpTo: after };
        // Of both parties' records, of which nothing but the sums that they share is told.
        const replayed = await this.database.actFor(bothParties(agreement), () =>
          this.reconciliation.replay(db, agreement, { period, version, recorded }),
        );
        return { ...replayed, agreed: [], recordCounts: byParty(replayed.recordCounts, agreement) };
      },
    };
  }

  /** What A owes B by the agreement now, disputed or not; negative where B owes A. */
  private async owedByA(agreement: Agreement): Promise<bigint> {
    const { id, partyA, currency } = agreement;
    // One book says what the other does, but it is A's, whoever asks.
    const { net } = await this.database.actFor(bothParties(agreement), () =>
      this.ledger.position({ bookId: partyA.id, agreementId: id, currency }),
    );
    return -net;
  }
}

/** How many records of each party count. */
export function byParty(
  counts: ReadonlyMap<string, number>,
  { partyA, partyB }: Agreement,
): PeriodFacts['recordCounts'] {
  return { A: counts.get(partyA.id) ?? 0, B: counts.get(partyB.id) ?? 0 };
}

/** After an agreement's end nothing is reported. */
function nothingKnown(version: VersionInForce, period: string, { timezone }: Agreement): PeriodFacts {
  const none = { senderBytes: 0n, receiverBytes: 0n, settledBytes: 0n, discrepancyBytes: 0n };
  return {
    version,
    grid: bucketGrid(period, version.terms.reconciliation.bucket, timezone),
    sums: [],
    directions: { aToB: none, bToA: none },
    counts: { exact: 0, within_tolerance: 0, mismatch: 0, missing_sender: 0, missing_receiver: 0 },
    samples: [],
    agreed: [],
    recordCounts: { A: 0, B: 0 },
  };
}
