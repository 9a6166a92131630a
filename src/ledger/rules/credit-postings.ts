import type { BookPostings } from './document.js';

/** A credit that a provider gives to its own customer, without the customer: references stay out of the ledger. */
export interface GivenCredit {
  direction: string;
  side: string;
  /** Minor units of `currency`, the provider's billing currency; negative where an earlier credit falls. */
  amount: bigint;
  currency: string;
}

/**
 * A provider's credits of one statement, in its own book alone (domain contract, section 11): debit
 * `zero_rated_waiver`, credit `customer_credits`, reversed where the sum is negative. One transfer for each
 * direction, side and currency, named by its source line (`aToB/egress`): the lines of single customers stay
 * with the statement. Their amounts are rounded already, so the sum is exact.
 */
export function creditPostings(given: {
  bookId: string;
  counterpartyId: string;
  credits: Iterable<GivenCredit>;
}): BookPostings {
  const sums = new Map<string, { sourceLine: string; currency: string; amount: bigint }>();
  for (const { direction, side, amount, currency } of given.credits) {
    const sourceLine = `${direction}/${side}`;
    const key = `${sourceLine} ${currency}`;
    const sum = sums.get(key);
    if (sum) sum.amount += amount;
    else sums.set(key, { sourceLine, currency, amount });
  }
  const transfers = [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .filter(([, { amount }]) => amount !== 0n)
    .map(([, { sourceLine, currency, amount }]) =>
      amount > 0n
        ? {
            debit: 'zero_rated_waiver' as const,
            credit: 'customer_credits' as const,
            amount,
            currency,
            sourceLine,
          }
        : {
            debit: 'customer_credits' as const,
            credit: 'zero_rated_waiver' as const,
            amount: -amount,
            currency,
            sourceLine,
          },
    );
  return { bookId: given.bookId, counterpartyId: given.counterpartyId, transfers };
}
