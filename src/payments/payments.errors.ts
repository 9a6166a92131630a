import { defineProblems } from '../platform/problems/index.js';

export const paymentProblems = defineProblems({
  payment_not_found: { status: 404, title: 'Payment not found' },
  payment_reversed: { status: 409, title: 'Payment is reversed' },
  not_the_payer: { status: 403, title: 'Not the payer' },
  not_the_payee: { status: 403, title: 'Not the payee' },
  statement_partly_paid: { status: 409, title: 'Statement is paid, at least in part' },
});
