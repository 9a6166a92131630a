import { Injectable } from '@nestjs/common';
import { AgreementsService, type Agreement, type VersionInForce } from '../agreements/index.js';
import type { Queryable } from '../platform/database/index.js';
import { rate, type Rating } from '../rating/index.js';
import { ReconciliationService } from '../reconciliation/index.js';
import { TrafficService } from '../traffic/index.js';
import {
  adjustmentLines,
  compareAdjustments,
  concessionLine,
  type AdjustmentLine,
  type Restated,
} from './rules/adjustments.js';
import { issuedLines } from './rules/issued-lines.js';
import { isAfterEnd, usageOfFacts, type FactSource, type PeriodFacts } from './rules/period-facts.js';
import { listConcessions } from './sql/list-concessions.js';
import { listStanding, type Past, type StandingStatement } from './sql/list-standing.js';

/** An issued period that later data or a dispute changed, as it is rated with all that is known. */
export interface RestatedPeriod {
  period: string;
  rating: Rating;
}

/** What a statement carries of issued periods. */
export interface Later {
  adjustments: AdjustmentLine[];
  restated: RestatedPeriod[];
}

/** Finds what changed issued periods since the last statement, and what they come to now. */
@Injectable()
export class AdjustmentsService {
  constructor(
    private readonly agreements: AgreementsService,
    private readonly reconciliation: ReconciliationService,
    private readonly traffic: TrafficService,
  ) {}

  /**
   * What the next statement carries, or with `looked` what a recorded one had to. Only periods are rated again of
   * which something was recorded since the last statement that stands: that one carried all that came before. Of
   * the past every period is: what was noted then of changes is not relied upon.
   */
  async since(
    db: Queryable,
    agreement: Agreement,
    facts: FactSource,
    looked: Past | null = null,
  ): Promise<Later> {
    const standing = await listStanding(db, agreement.id, looked);
    const after = standing.at(-1)?.recordedUpTo;
    if (after === undefined) return { adjustments: [], restated: [] };
    const later: Later = { adjustments: [], restated: [] };
    const changed = looked ? null : await this.changedAfter(db, agreement, after);
    for (const original of standing) {
      if (isAfterEnd(agreement, original.period)) continue;
      if (changed && !changed.all.has(original.period)) continue;
      const version = await this.versionOf(db, agreement, original);
      const known = await facts.known(original.period, version, after);
      const uncorrected =
        facts.uncorrected && (!changed || changed.corrected.has(original.period))
          ? await facts.uncorrected(original.period, version, after)
          : null;
      const rating = rate(version.terms, usageOfFacts(known, version.terms), agreement.currency);
      const issued = issuedLines(standing, original.period, agreement);
      later.restated.push({ period: original.period, rating });
      later.adjustments.push(
        ...adjustmentLines(
          { period: original.period, version: version.version },
          [...issued.own, ...issued.adjusted],
          stagesOf(original, { known, uncorrected }, agreement.currency),
        ),
      );
    }
    for (const money of await listConcessions(db, agreement.id, after, looked?.recordedUpTo ?? null)) {
      const original = standing.find(({ period }) => period === money.period);
      const version = original?.document.version ?? 0;
      later.adjustments.push(concessionLine(money, version, agreement.currency));
    }
    later.adjustments.sort(compareAdjustments);
    return later;
  }

  /** Issued periods of which something was noted, or agreed on, after a figure of the agreement's clock. */
  private async changedAfter(
    db: Queryable,
    { id }: Agreement,
    after: bigint,
  ): Promise<Record<'all' | 'corrected', Set<string>>> {
    const changes = await this.traffic.lateUsage(db, id, after);
    const agreed = await this.reconciliation.agreedPeriods(db, id, after);
    const corrected = changes.filter(({ cause }) => cause === 'correction');
    return {
      all: new Set([...changes.map(({ period }) => period), ...agreed]),
      corrected: new Set(corrected.map(({ period }) => period)),
    };
  }

  /** The version by which an issued period was rated: no later one can reach it. */
  private async versionOf(
    db: Queryable,
    { id }: Agreement,
    { document }: Pick<StandingStatement, 'document'>,
  ): Promise<VersionInForce> {
    const versions = await this.agreements.versionsInForce(db, id);
    return versions.find(({ version }) => version === document.version)!;
  }
}

/**
 * The period with what came late, then with what was corrected, but without what was agreed since, and then dispute
 * by dispute. Where nothing was corrected all that changed came late.
 */
function stagesOf(
  { document }: StandingStatement,
  { known, uncorrected }: { known: PeriodFacts; uncorrected: PeriodFacts | null },
  currency: string,
): Restated[] {
  const { terms } = known.version;
  const lines = (facts: PeriodFacts, unagreed: PeriodFacts['agreed']): Restated['lines'] =>
    rate(terms, usageOfFacts(facts, terms, unagreed), currency).lines;
  const disputes = [...new Set(known.agreed.map(({ disputeId }) => disputeId))];
  const recorded = lines(known, known.agreed);
  const reference = document.number;
  return [
    { lines: uncorrected ? lines(uncorrected, []) : recorded, cause: 'late', reference },
    { lines: recorded, cause: 'correction', reference },
    ...disputes.map((disputeId, index): Restated => {
      const open = disputes.slice(index + 1);
      const agreed = known.agreed.filter((bucket) => open.includes(bucket.disputeId));
      return { lines: lines(known, agreed), cause: 'dispute', reference: disputeId };
    }),
  ];
}
