/** The accounts of a book (domain contract, section 11), in the order in which they are listed. */
export const ACCOUNT_KINDS = [
  'receivable',
  'payable',
  'disputed_receivable',
  'disputed_payable',
  'settlement_revenue',
  'settlement_cost',
  'cash_clearing',
  'zero_rated_waiver',
  'customer_credits',
] as const;

export type AccountKind = (typeof ACCOUNT_KINDS)[number];

/** What one party's account is in the other party's book; null where the other party has no part in it. */
const MIRROR: Readonly<Record<AccountKind, AccountKind | null>> = {
  receivable: 'payable',
  payable: 'receivable',
  disputed_receivable: 'disputed_payable',
  disputed_payable: 'disputed_receivable',
  settlement_revenue: 'settlement_cost',
  settlement_cost: 'settlement_revenue',
  cash_clearing: 'cash_clearing',
  zero_rated_waiver: null,
  customer_credits: null,
};

export function isAccountKind(text: string): text is AccountKind {
  return Object.hasOwn(MIRROR, text);
}

/** The account that the counterparty's book keeps for the same fact, or null for a provider's own matters. */
export function mirrorOf(kind: AccountKind): AccountKind | null {
  return MIRROR[kind];
}
