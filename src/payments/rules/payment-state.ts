/** A payment is recorded, then confirmed, which posts it; either may be reversed, and that is the end. */
export type PaymentState = 'recorded' | 'confirmed' | 'reversed';

export const PAYMENT_STATES: readonly PaymentState[] = ['recorded', 'confirmed', 'reversed'];

/** Who acts: a party of the payment, or the operator. */
export type Actor = 'payer' | 'payee' | 'operator';

export type PaymentStep = 'confirm' | 'reverse';

export type PaymentRefusal = 'payment_reversed' | 'not_the_payee' | 'not_the_payer';

/** The state after a step, and what it posts; or why it cannot be taken. */
export type PaymentResult =
  { state: PaymentState; posts: 'payment' | 'reversal' | null; isNew: boolean } | { refused: PaymentRefusal };

/**
 * The life of a payment. Who received the money, or the operator, says that it came, and takes that back;
 * what nobody confirmed may be withdrawn by whoever is said to have paid. A step taken twice changes nothing.
 */
export function takePaymentStep(state: PaymentState, step: PaymentStep, by: Actor): PaymentResult {
  if (step === 'confirm') {
    if (by === 'payer') return { refused: 'not_the_payee' };
    if (state === 'reversed') return { refused: 'payment_reversed' };
    const isNew = state === 'recorded';
    return { state: 'confirmed', posts: isNew ? 'payment' : null, isNew };
  }
  if (state === 'confirmed' && by === 'payer') return { refused: 'not_the_payee' };
  if (state === 'recorded' && by === 'payee') return { refused: 'not_the_payer' };
  return {
    state: 'reversed',
    posts: state === 'confirmed' ? 'reversal' : null,
    isNew: state !== 'reversed',
  };
}
