/** What a party owes and is owed, in cents, and what of it is disputed. */
export type Position = Record<'receivable' | 'payable' | 'disputedReceivable' | 'disputedPayable', bigint>;

/** What the other party says, seen from this side. */
export function mirrored({ receivable, payable, disputedReceivable, disputedPayable }: Position): Position {
  return {
    receivable: payable,
    payable: receivable,
    disputedReceivable: disputedPayable,
    disputedPayable: disputedReceivable,
  };
}

/** What a party owes on balance. */
export function owedBy({ receivable, payable, disputedReceivable, disputedPayable }: Position): bigint {
  return payable + disputedPayable - receivable - disputedReceivable;
}
