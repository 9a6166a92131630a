/** What a book says is owed each way, in minor units. */
export interface Position {
  /** Owed to the provider and not disputed; below 0 once the counterparty has overpaid. */
  receivable: bigint;
  /** Owed by the provider and not disputed; below 0 once it has overpaid. */
  payable: bigint;
  disputedReceivable: bigint;
  disputedPayable: bigint;
  /**
   * receivable + disputedReceivable - payable - disputedPayable: the whole position, positive where the
   * counterparty owes. A dispute withholds payment but forgives nothing, so it moves nothing in or out of it.
   */
  net: bigint;
}

/** What a provider's book says of one counterparty in one currency, in minor units. */
export interface LedgerBalance extends Position {
  counterpartyId: string;
  currency: string;
  /** Given to the provider's own customers in its billing currency; never part of `net` (section 1). */
  creditsGiven: bigint;
}

export const NOTHING_OWED: Position = {
  receivable: 0n,
  payable: 0n,
  disputedReceivable: 0n,
  disputedPayable: 0n,
  net: 0n,
};

/** The sums of the accounts, debit positive, as the database gives them. */
export interface AccountSums {
  counterpartyId: string;
  currency: string;
  receivable: bigint;
  payable: bigint;
  disputedReceivable: bigint;
  disputedPayable: bigint;
  customerCredits: bigint;
}

/** An open period's accrual so far; positive where the counterparty will owe it. */
export interface Unbilled {
  counterpartyId: string;
  currency: string;
  amount: bigint;
}

/** Turns debit-positive sums into what each figure means, where a debt is positive. */
export function balanceOf(sums: AccountSums): LedgerBalance {
  const { counterpartyId, currency, receivable, disputedReceivable } = sums;
  const payable = -sums.payable;
  const disputedPayable = -sums.disputedPayable;
  const net = receivable + disputedReceivable - payable - disputedPayable;
  const creditsGiven = -sums.customerCredits;
  return {
    counterpartyId,
    currency,
    receivable,
    payable,
    disputedReceivable,
    disputedPayable,
    net,
    creditsGiven,
  };
}

/** Adds the accruals to the balances; a counterparty with nothing posted yet gets a balance of zeros. */
export function withUnbilled(
  balances: readonly LedgerBalance[],
  accruals: readonly Unbilled[],
): (LedgerBalance & { unbilled: bigint })[] {
  const nothing = {
    receivable: 0n,
    payable: 0n,
    disputedReceivable: 0n,
    disputedPayable: 0n,
    customerCredits: 0n,
  };
  const key = (of: { counterpartyId: string; currency: string }) => `${of.counterpartyId} ${of.currency}`;
  const merged = new Map(balances.map((balance) => [key(balance), { ...balance, unbilled: 0n }]));
  for (const { counterpartyId, currency, amount } of accruals) {
    const name = { counterpartyId, currency };
    const balance = merged.get(key(name)) ?? { ...balanceOf({ ...name, ...nothing }), unbilled: 0n };
    balance.unbilled += amount;
    merged.set(key(name), balance);
  }
  return [...merged.values()].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
