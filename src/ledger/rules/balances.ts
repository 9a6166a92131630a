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
  agreementId: string;
  receivable: bigint;
  payable: bigint;
  disputedReceivable: bigint;
  disputedPayable: bigint;
  customerCredits: bigint;
}

/** An open period's accrual so far; positive where the counterparty will owe it. */
export interface Unbilled {
  agreementId: string;
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

/** Sums of positions, field by field. */
interface Summed extends Position {
  creditsGiven: bigint;
  unbilled: bigint;
}

/** What a book says of one agreement in one currency, with what its open periods have accrued. */
export interface AgreementBalance extends LedgerBalance {
  agreementId: string;
  unbilled: bigint;
}

/** What it says of a counterparty in one currency: the sum of its agreements. */
export interface CounterpartyBalance extends LedgerBalance {
  unbilled: bigint;
  agreements: AgreementBalance[];
}

/** Sums by counterparty and currency of balances by agreement, in the order of both. */
export function byCounterparty(balances: readonly AgreementBalance[]): CounterpartyBalance[] {
  const groups = groupBy(balances, ({ counterpartyId, currency }) => `${counterpartyId} ${currency}`);
  return groups.map((agreements) => {
    const { counterpartyId, currency } = agreements[0]!;
    return { counterpartyId, currency, ...sumOf(agreements), agreements };
  });
}

/** Sums by currency, in the order of their codes. */
export function totalsOf(
  balances: readonly (Summed & { currency: string })[],
): (Summed & { currency: string })[] {
  return groupBy(balances, ({ currency }) => currency).map((group) => ({
    currency: group[0]!.currency,
    ...sumOf(group),
  }));
}

/** Adds the accruals to the agreements' balances; one with nothing posted yet gets a balance of zeros. */
export function withUnbilled(
  sums: readonly AccountSums[],
  accruals: readonly Unbilled[],
): AgreementBalance[] {
  const keyOf = (of: { agreementId: string; currency: string }): string => `${of.agreementId} ${of.currency}`;
  const merged = new Map(
    sums.map((each) => [keyOf(each), { agreementId: each.agreementId, ...balanceOf(each), unbilled: 0n }]),
  );
  for (const { amount, ...name } of accruals) {
    const balance = merged.get(keyOf(name)) ?? { ...name, ...NOTHING_OWED, creditsGiven: 0n, unbilled: 0n };
    balance.unbilled += amount;
    merged.set(keyOf(name), balance);
  }
  return [...merged.values()];
}

function sumOf(balances: readonly Summed[]): Summed {
  const sum: Summed = { ...NOTHING_OWED, creditsGiven: 0n, unbilled: 0n };
  for (const balance of balances) {
    for (const field of Object.keys(sum) as (keyof Summed)[]) sum[field] += balance[field];
  }
  return sum;
}

/** Groups in the order of their keys. */
function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[][] {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}
