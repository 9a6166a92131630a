import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AgreementsService, bothParties, type Agreement } from '../agreements/index.js';
import { LedgerService } from '../ledger/index.js';
import { parseAmount } from '../money/index.js';
import type { Instant } from '../period/index.js';
import { Database, type Queryable, type Transaction } from '../platform/database/index.js';
import { StatementLifeService, type Statement, type StatementState } from '../settlement/index.js';
import { paymentProblems } from './payments.errors.js';
import { isPaid, isTouched, openItems, type OpenItem } from './rules/open-items.js';
import { countPaymentsSince } from './sql/count-payments-since.js';
import { listDirectedPayments } from './sql/list-directed-payments.js';

/** Lets the statements' states follow the money: settled when paid, and back when a payment is reversed. */
@Injectable()
export class PaidStatementsService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly agreements: AgreementsService,
    private readonly ledger: LedgerService,
    private readonly life: StatementLifeService,
  ) {}

  onModuleInit(): void {
    this.life.observeSteps(async (tx, statement, { step, at }) => {
      // Our own steps; what they change is being looked at already.
      if (step.kind === 'settle' || step.kind === 'unsettle') return;
      const agreement = await this.agreements.findById(tx, statement.agreementId);
      if (step.kind === 'void') await this.refusePaid(tx, agreement, statement);
      else await this.follow(tx, agreement, at);
    });
  }

  /** What is open of each of an agreement's statements, oldest first. */
  async openItems(agreement: Agreement): Promise<OpenItem[]> {
    return this.database.snapshot(async (tx) => (await this.read(tx, agreement, null)).items);
  }

  /** Settles what is paid and accepted, and takes back what no longer is, under the agreement's clock. */
  async follow(tx: Transaction, agreement: Agreement, at: Instant): Promise<void> {
    const { items, states } = await this.read(tx, agreement, null);
    for (const item of items) {
      const state = states.get(item.statementId)!;
      const kind = stepFor(state, isPaid(item));
      if (!kind) continue;
      await this.life.take(tx, { agreementId: agreement.id, id: item.statementId }, { step: { kind }, at });
    }
  }

  /** A statement that a payment since its issue went to is not made void; a credit balance just goes back. */
  private async refusePaid(tx: Transaction, agreement: Agreement, statement: Statement): Promise<void> {
    const { items } = await this.read(tx, agreement, statement.id);
    const item = items.find(({ statementId }) => statementId === statement.id);
    if (!item || !isTouched(item)) return;
    if ((await countPaymentsSince(tx, agreement.id, statement.issuedAt)) === 0) return;
    throw paymentProblems.statement_partly_paid(
      'A payment since its issue pays some of the statement; that payment would have to be reversed first.',
    );
  }

  private async read(
    tx: Queryable,
    agreement: Agreement,
    alsoId: string | null,
  ): Promise<{ items: OpenItem[]; states: ReadonlyMap<string, StatementState> }> {
    const { currency, partyA } = agreement;
    const charges = await this.life.charges(tx, agreement.id, alsoId);
    // One book says what the other does, but it is A's, whoever asks.
    const book = await this.database.actFor(bothParties(agreement), () =>
      this.ledger.position({ bookId: partyA.id, agreementId: agreement.id, currency }),
    );
    const directed = await listDirectedPayments(tx, agreement.id);
    const items = openItems(
      charges.map(({ id, payableByA, payableByB }) => ({
        statementId: id,
        charged: { A: parseAmount(payableByA, currency), B: parseAmount(payableByB, currency) },
      })),
      { A: book.payable + book.disputedPayable, B: book.receivable + book.disputedReceivable },
      directed.map(({ payerId, amount, statementIds }) => ({
        payer: payerId === partyA.id ? 'A' : 'B',
        amount: BigInt(amount),
        statementIds,
      })),
    );
    return { items, states: new Map(charges.map(({ id, state }) => [id, state])) };
  }
}

function stepFor(state: StatementState, paid: boolean): 'settle' | 'unsettle' | null {
  if (paid) return state === 'accepted' || state === 'deemed_accepted' ? 'settle' : null;
  return state === 'settled' ? 'unsettle' : null;
}
