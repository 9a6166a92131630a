import { Injectable } from '@nestjs/common';
import { AgreementsService, type Agreement, type ProposedTerms, type Terms } from '../agreements/index.js';
import { Database, type Queryable } from '../platform/database/index.js';
import { rate } from '../rating/index.js';
import { ReconciliationService } from '../reconciliation/index.js';
import { CompositionService } from './composition.service.js';
import { checkSimulation } from './rules/check-simulation.js';
import { simulatedPeriod, type SimulatedPeriod } from './rules/simulated-period.js';
import { settlementProblems } from './settlement.errors.js';
import { findStatementOfPeriod } from './sql/find-statement-of-period.js';

/** Prices what was settled under other terms, and posts nothing. */
@Injectable()
export class SimulationService {
  constructor(
    private readonly database: Database,
    private readonly agreements: AgreementsService,
    private readonly composition: CompositionService,
    private readonly reconciliation: ReconciliationService,
  ) {}

  /**
   * What each period would have come to, beside what it came to, or so far comes to. The bytes are those
   * settled by the terms in force; of the simulated terms all counts but `reconciliation` and `days`.
   */
  async simulate(
    agreement: Agreement,
    proposed: ProposedTerms,
    periods: readonly string[],
  ): Promise<SimulatedPeriod[]> {
    const terms = this.agreements.complete(proposed, agreement.currency);
    return this.database.snapshot(async (tx) => {
      const simulated: SimulatedPeriod[] = [];
      for (const period of periods) simulated.push(await this.simulatePeriod(tx, agreement, terms, period));
      return simulated;
    });
  }

  private async simulatePeriod(
    db: Queryable,
    agreement: Agreement,
    terms: Terms,
    period: string,
  ): Promise<SimulatedPeriod> {
    const settled = await this.reconciliation.settled(db, agreement, period);
    const { version } = settled;
    const mistakes = checkSimulation(terms, version.terms, period);
    if (mistakes.length > 0) {
      throw settlementProblems.cannot_simulate(
        `The settled buckets of ${period} cannot be priced by these terms.`,
        {
          errors: mistakes.map((mistake) => ({ ...mistake, code: 'cannot_simulate' })),
        },
      );
    }
    const actualUsage = await this.composition.usage(db, agreement, period, settled, version.terms);
    const simulatedUsage = await this.composition.usage(db, agreement, period, settled, terms);
    const issued = await findStatementOfPeriod(db, agreement.id, period);
    return simulatedPeriod({
      agreement,
      period,
      settledBytes: actualUsage.settledBytes,
      statement: issued
        ? { id: issued.id, number: (JSON.parse(issued.document) as { number: string }).number }
        : null,
      version: version.version,
      actual: rate(version.terms, actualUsage, agreement.currency),
      simulated: rate(terms, simulatedUsage, agreement.currency),
    });
  }
}
