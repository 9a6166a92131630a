import { takePaymentStep, type Actor, type PaymentStep } from '../../../src/payments/rules/payment-state.js';
import type { PaymentState } from '../../../src/payments/rules/payment-state.js';

const now = (state: PaymentState) => ({ state, posts: null, isNew: false });
const confirmed = { state: 'confirmed', posts: 'payment', isNew: true };
const reversed = { state: 'reversed', posts: 'reversal', isNew: true };
const withdrawn = { state: 'reversed', posts: null, isNew: true };
const refused = (why: string) => ({ refused: why });

describe('takePaymentStep', () => {
  test.each<[PaymentState, PaymentStep, Actor, object]>([
    ['recorded', 'confirm', 'payee', confirmed],
    ['recorded', 'confirm', 'operator', confirmed],
    ['recorded', 'confirm', 'payer', refused('not_the_payee')],
    ['recorded', 'reverse', 'payer', withdrawn],
    ['recorded', 'reverse', 'operator', withdrawn],
    ['recorded', 'reverse', 'payee', refused('not_the_payer')],
    ['confirmed', 'confirm', 'payee', now('confirmed')],
    ['confirmed', 'confirm', 'operator', now('confirmed')],
    ['confirmed', 'confirm', 'payer', refused('not_the_payee')],
    ['confirmed', 'reverse', 'payee', reversed],
    ['confirmed', 'reverse', 'operator', reversed],
    ['confirmed', 'reverse', 'payer', refused('not_the_payee')],
    ['reversed', 'confirm', 'payee', refused('payment_reversed')],
    ['reversed', 'confirm', 'operator', refused('payment_reversed')],
    ['reversed', 'confirm', 'payer', refused('not_the_payee')],
    ['reversed', 'reverse', 'payee', now('reversed')],
    ['reversed', 'reverse', 'operator', now('reversed')],
    ['reversed', 'reverse', 'payer', now('reversed')],
  ])('%s, %s by the %s', (state, step, by, result) => {
    expect(takePaymentStep(state, step, by)).toEqual(result);
  });
});
