import { Injectable } from '@nestjs/common';
import { AgreementsService, type Agreement, type VersionInForce } from '../agreements/index.js';
import type { Queryable } from '../platform/database/index.js';
import { rate, type Rating } from '../rating/index.js';
import { ReconciliationService } from '../reconciliation/index.js';
import { TrafficService, type LateUsage } from '../traffic/index.js';
import {
  adjustmentLines,
  compareAdjustments,
  concessionLine,
  type AdjustmentLine,
  type Restated,
} from './rules/adjustments.js';
import { issuedLines } from './rules/issued-lines.js';
import { usageOfFacts, type FactSource, type PeriodFacts } from './rules/period-facts.js';
import { listConcessions } from './sql/list-concessions.js';
import { listStanding, type Past, type StandingStatement } from './sql/list-standing.js';

/** What a recorded past is looked at through: which statements stood, and what was recorded. */
export interface Looked extends Past {
  recordedUpTo: bigint;
}

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
   * which something was recorded since the last statement that stands: that one carried all that came before.
   */
  async since(
    db: Queryable,
    agreement: Agreement,
    facts: FactSource,
    looked: Looked | null = null,
  ): Promise<Later> {
    const standing = await listStanding(db, agreement.id, looked);
    const after = standing.at(-1)?.recordedUpTo;
    if (after === undefined) return { adjustments: [], restated: [] };
    const upTo = looked?.recordedUpTo ?? null;
    const changes = await this.traffic.lateUsage(db, agreement.id, after, upTo);
    const agreed = await this.reconciliation.agreedPeriods(db, agreement.id, { after, upTo });
    const changed = new Set([...changes.map(({ period }) => period), ...agreed]);
    const later: Later = { adjustments: [], restated: [] };
    for (const original of standing.filter(({ period }) => changed.has(period))) {
      const version = await this.versionOf(db, agreement, original);
      const known = await facts(original.period, version, after);
      const rating = rate(version.terms, usageOfFacts(known, version.terms), agreement.currency);
      const issued = issuedLines(standing, original.period, agreement);
      later.restated.push({ period: original.period, rating });
      later.adjustments.push(
        ...adjustmentLines(
          { period: original.period, version: version.version },
          [...issued.own, ...issued.adjusted],
          stagesOf(original, known, changes, agreement.currency),
        ),
      );
    }
    for (const money of await listConcessions(db, agreement.id, after, upTo)) {
      const original = standing.find(({ period }) => period === money.period);
      const version = original?.document.version ?? 0;
      later.adjustments.push(concessionLine(money, version, agreement.currency));
    }
    later.adjustments.sort(compareAdjustments);
    return later;
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

/** The period with all records but without what was agreed since, and then dispute by dispute. */
function stagesOf(
  { period, document }: StandingStatement,
  known: PeriodFacts,
  changes: readonly LateUsage[],
  currency: string,
): Restated[] {
  const { terms } = known.version;
  const corrected = changes.filter((change) => change.period === period && change.cause === 'correction');
  const lines = (unagreed: typeof known.agreed): Restated['lines'] =>
    rate(terms, usageOfFacts(known, terms, unagreed), currency).lines;
  const disputes = [...new Set(known.agreed.map(({ disputeId }) => disputeId))];
  return [
    {
      lines: lines(known.agreed),
      reference: document.number,
      causeOf: (direction) =>
        corrected.some((change) => direction === null || change.direction === direction)
          ? 'correction'
          : 'late',
    },
    ...disputes.map((disputeId, index): Restated => {
      const open = disputes.slice(index + 1);
      return {
        lines: lines(known.agreed.filter((bucket) => open.includes(bucket.disputeId))),
        reference: disputeId,
        causeOf: () => 'dispute',
      };
    }),
  ];
}
