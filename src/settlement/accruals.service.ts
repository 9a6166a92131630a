import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AgreementsService, readClocks, type Agreement } from '../agreements/index.js';
import { LedgerService, type Unbilled } from '../ledger/index.js';
import { Database, type Queryable } from '../platform/database/index.js';
import { TrafficService } from '../traffic/index.js';
import { CompositionService } from './composition.service.js';

/** What an agreement's open periods have accrued. */
interface Accrual {
  agreement: Agreement;
  /** What the agreement's clock showed when it was computed. */
  clock: string;
  /** Minor units, positive where A owes B; changes of issued periods included. */
  owedByA: bigint;
}

const AGREEMENTS_KEPT_MAX = 10_000;

/**
 * Tells the ledger what is not billed yet. An agreement is computed again only when its clock has moved on,
 * so that asking for balances costs little however much traffic there is.
 */
@Injectable()
export class AccrualsService implements OnModuleInit {
  private readonly kept = new Map<string, Accrual>();

  constructor(
    private readonly database: Database,
    private readonly agreements: AgreementsService,
    private readonly composition: CompositionService,
    private readonly ledger: LedgerService,
    private readonly traffic: TrafficService,
  ) {}

  onModuleInit(): void {
    this.ledger.provideUnbilled((bookId) => this.unbilled(bookId));
  }

  /** What a provider's open periods have accrued so far, positive where the counterparty will owe it. */
  private async unbilled(providerId: string): Promise<Unbilled[]> {
    return this.database.snapshot(async (tx) => {
      const ids = await this.agreements.idsOf(tx, providerId);
      const clocks = await readClocks(tx, ids);
      const accruals: Unbilled[] = [];
      for (const id of ids) {
        const { agreement, owedByA } = await this.accrualOf(tx, id, clocks.get(id)!);
        const isA = agreement.partyA.id === providerId;
        accruals.push({
          agreementId: id,
          counterpartyId: (isA ? agreement.partyB : agreement.partyA).id,
          currency: agreement.currency,
          amount: isA ? -owedByA : owedByA,
        });
      }
      return accruals;
    });
  }

  private async accrualOf(db: Queryable, agreementId: string, clock: string): Promise<Accrual> {
    const kept = this.kept.get(agreementId);
    if (kept?.clock === clock) return kept;
    const agreement = await this.agreements.findById(db, agreementId);
    let owedByA = 0n;
    for (const period of await this.traffic.openPeriods(db, agreementId)) {
      // Records may run some minutes ahead of the clock, into a month that the agreement then did not reach.
      if (agreement.lastPeriod !== null && period > agreement.lastPeriod) continue;
      const { payableByA, payableByB } = await this.composition.rating(db, agreement, period);
      owedByA += payableByA - payableByB;
    }
    for (const { payer, amount } of (await this.composition.later(db, agreement)).adjustments) {
      owedByA += payer === 'A' ? amount : -amount;
    }
    const accrual = { agreement, clock, owedByA };
    this.kept.delete(agreementId);
    this.kept.set(agreementId, accrual);
    const [oldest] = this.kept.keys();
    if (this.kept.size > AGREEMENTS_KEPT_MAX) this.kept.delete(oldest!);
    return accrual;
  }
}
