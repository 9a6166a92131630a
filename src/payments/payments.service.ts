import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AuditService, type Caller } from '../access/index.js';
import {
  advanceClock,
  AgreementsService,
  concerning,
  lockClock,
  versionInForce,
  type Agreement,
} from '../agreements/index.js';
import { LedgerService, paymentPostings } from '../ledger/index.js';
import { parseAmount } from '../money/index.js';
import { formatInstant, periodOf, type Instant } from '../period/index.js';
import { Database, type Transaction } from '../platform/database/index.js';
import { validationFailed } from '../platform/http/index.js';
import { isId, newId } from '../platform/ids/index.js';
import { HistoryService, StatementLifeService, type PaymentEvent } from '../settlement/index.js';
import { PaidStatementsService } from './paid-statements.service.js';
import { paymentProblems } from './payments.errors.js';
import { checkPayment, type PaymentInput } from './rules/check-payment.js';
import { takePaymentStep, type Actor, type PaymentRefusal, type PaymentStep } from './rules/payment-state.js';
import { confirmPayment } from './sql/confirm-payment.js';
import { findPayment } from './sql/find-payment.js';
import { insertPayment } from './sql/insert-payment.js';
import { listPaymentEvents, type PaymentEventRow } from './sql/list-payment-events.js';
import { listPayments, type PaymentFilter } from './sql/list-payments.js';
import type { PaymentRow } from './sql/payment-row.js';
import { reversePayment } from './sql/reverse-payment.js';

/** The ledger's source kinds of payments. */
const PAYMENT = 'payment';
const PAYMENT_REVERSAL = 'payment_reversal';

/** A step as it is asked for. */
export interface PaymentStepRequest {
  step: PaymentStep;
  at: Instant;
  reason: string | null;
  /** Sees the payment under the lock, before anything changes; what is done already needs none. */
  check: (seen: PaymentRow) => void;
}

/** Payments: recorded by who pays, posted when who is paid says that the money came, reversed where it did not. */
@Injectable()
export class PaymentsService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly agreements: AgreementsService,
    private readonly audit: AuditService,
    private readonly history: HistoryService,
    private readonly ledger: LedgerService,
    private readonly life: StatementLifeService,
    private readonly paid: PaidStatementsService,
  ) {}

  onModuleInit(): void {
    this.history.providePayments(async (db, { id, partyA }, span) =>
      (await listPaymentEvents(db, id, span)).map((event) => paymentEvent(event, partyA.id)),
    );
  }

  /** Records a payment; it changes no balance until it is confirmed. */
  async record(
    caller: Caller,
    input: PaymentInput & { agreement: string; reference: string },
    now: Instant,
  ): Promise<PaymentRow> {
    const agreement = await this.agreements.find(caller, input.agreement);
    const charges = await this.life.charges(this.database, agreement.id);
    const payable = { ...agreement, statementIds: charges.map(({ id }) => id) };
    const mistakes = checkPayment(input, payable, now);
    if (mistakes.length > 0) throw validationFailed(mistakes);
    if (caller.kind === 'provider' && caller.providerCode !== input.payer) {
      throw paymentProblems.not_the_payer('A payment is recorded by the party that made it.');
    }
    const { partyA, partyB } = agreement;
    const [payer, payee] = input.payer === partyA.code ? [partyA, partyB] : [partyB, partyA];
    const id = newId();
    return this.database.transaction(async (tx) => {
      await insertPayment(tx, {
        agreementId: agreement.id,
        id,
        payerId: payer.id,
        payeeId: payee.id,
        amount: parseAmount(input.amount, agreement.currency),
        currency: agreement.currency,
        paidAt: new Date(input.paidAt),
        reference: input.reference,
        statementIds: input.statements,
        recordedAt: new Date(now),
        recordedBy: providerIdOf(caller),
      });
      const { amount, reference, statements } = input;
      this.audit.record(tx, {
        action: 'payment.record',
        resource: { kind: 'payment', id },
        ...concerning(agreement),
        after: {
          ...{
            state: 'recorded',
            payer: payer.code,
            payee: payee.code,
            amount,
            currency: agreement.currency,
          },
          ...{ paidAt: formatInstant(input.paidAt), reference, statements },
        },
      });
      return (await findPayment(tx, id, null))!;
    });
  }

  /** The caller's payment, made or received. A stranger's is not found, like one that does not exist. */
  async find(caller: Caller, id: string): Promise<PaymentRow> {
    const payment = isId(id) ? await findPayment(this.database, id, providerIdOf(caller)) : undefined;
    if (!payment) throw paymentProblems.payment_not_found('There is no such payment.');
    return payment;
  }

  /** The caller's payments, latest first. */
  async list(
    caller: Caller,
    filter: Omit<PaymentFilter, 'partyId'>,
    beforeId: string | null,
    limit: number,
  ): Promise<PaymentRow[]> {
    return listPayments(this.database, { ...filter, partyId: providerIdOf(caller) }, beforeId, limit);
  }

  /**
   * Confirms or reverses a payment, with its postings and the states of the statements that it pays, all in
   * one transaction. It holds the agreement's clock, as closing a period does, so that two steps at once, or
   * a step and a close, come one after the other. A step that is taken already changes nothing.
   */
  async take(
    caller: Caller,
    id: string,
    { step, at, reason, check }: PaymentStepRequest,
  ): Promise<PaymentRow> {
    const { agreementId } = await this.find(caller, id);
    // It is posted in both books.
    const tenant = await this.agreements.tenantOf(agreementId);
    return this.database.transactionFor(tenant, async (tx) => {
      await lockClock(tx, agreementId);
      const payment = (await findPayment(tx, id, null))!;
      const result = takePaymentStep(payment.state, step, actorOf(caller, payment));
      if ('state' in result && !result.isNew) return payment;
      check(payment);
      if ('refused' in result) throw paymentProblems[result.refused](REFUSALS[result.refused](payment));
      const recorded = await advanceClock(tx, agreementId);
      const by = { providerId: providerIdOf(caller), at: new Date(at), recorded };
      if (step === 'confirm') await confirmPayment(tx, payment, by);
      else await reversePayment(tx, payment, { ...by, reason });
      const agreement = await this.agreements.findById(tx, agreementId);
      this.audit.record(tx, {
        action: `payment.${step}`,
        resource: { kind: 'payment', id },
        ...concerning(agreement),
        before: { state: payment.state },
        after: { state: result.state, ...(reason !== null && { reason }) },
      });
      if (result.posts === 'payment') await this.post(tx, agreement, payment);
      if (result.posts === 'reversal') await this.reverse(payment, at);
      if (result.posts) await this.paid.follow(tx, agreement, at);
      return (await findPayment(tx, id, null))!;
    });
  }

  private async post(tx: Transaction, agreement: Agreement, payment: PaymentRow): Promise<void> {
    const { payer, payee, currency, paidAt } = payment;
    await this.ledger.hold(agreement.id);
    const open = await this.ledger.position({ bookId: payer.id, agreementId: agreement.id, currency });
    const netting = await this.nets(tx, agreement, paidAt.getTime());
    await this.ledger.post({
      agreementId: agreement.id,
      sourceKind: PAYMENT,
      sourceId: payment.id,
      effectiveAt: paidAt,
      books: paymentPostings({
        payer: payer.id,
        payee: payee.id,
        amount: BigInt(payment.amount),
        currency,
        open,
        netting,
      }),
    });
  }

  private async reverse({ agreementId, id }: PaymentRow, at: Instant): Promise<void> {
    await this.ledger.reverse(
      { agreementId, sourceKind: PAYMENT, sourceId: id },
      { sourceKind: PAYMENT_REVERSAL, sourceId: id, effectiveAt: at },
    );
  }

  /** Whether the terms net both ways: those of the month in which it was paid, or else the first there are. */
  private async nets(tx: Transaction, agreement: Agreement, paidAt: Instant): Promise<boolean> {
    const versions = await this.agreements.versionsInForce(tx, agreement.id);
    const version = versionInForce(versions, periodOf(paidAt, agreement.timezone)) ?? versions[0];
    return version?.terms.netting ?? true;
  }
}

function paymentEvent(event: PaymentEventRow, partyAId: string): PaymentEvent {
  const isReversal = event.kind === 'reversed';
  const amount = BigInt(event.amount);
  const isByA = event.payerId === partyAId;
  return {
    sourceKind: isReversal ? PAYMENT_REVERSAL : PAYMENT,
    sourceId: event.id,
    effectiveAt: isReversal ? event.reversedAt! : event.paidAt,
    paidByA: isByA === isReversal ? -amount : amount,
  };
}

function providerIdOf(caller: Caller): string | null {
  return caller.kind === 'provider' ? caller.providerId : null;
}

function actorOf(caller: Caller, { payer }: PaymentRow): Actor {
  if (caller.kind === 'operator') return 'operator';
  return caller.providerId === payer.id ? 'payer' : 'payee';
}

/** Why a step cannot be taken, in words. */
const REFUSALS: Record<PaymentRefusal, (payment: PaymentRow) => string> = {
  payment_reversed: () => 'The payment is reversed; record a new one.',
  not_the_payee: ({ payee }) => `Only ${payee.code}, who is paid, or the operator can say whether it came.`,
  not_the_payer: ({ payer }) =>
    `Nobody has confirmed it; only ${payer.code} or the operator can withdraw it.`,
};
