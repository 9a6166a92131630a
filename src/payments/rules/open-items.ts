import type { Side } from '../../agreements/index.js';

/** What a statement charges each party, in minor units; an adjustment may bring a figure below 0. */
export interface StatementItem {
  statementId: string;
  charged: Record<Side, bigint>;
}

/** A confirmed payment that names the statements it is for, in the order in which it pays them. */
export interface DirectedPayment {
  payer: Side;
  amount: bigint;
  statementIds: readonly string[];
}

/** What of a statement is not paid yet, by party; of a charge below 0 what of it has not paid anything yet. */
export interface OpenItem extends StatementItem {
  open: Record<Side, bigint>;
}

/**
 * Which statements are paid (issue of the domain contract, section 11). How much each party paid in all, by
 * payments, offsets and credit balances, is what it was charged less what the ledger says it still owes;
 * payments that name statements go to those first, all the rest to the oldest. A charge below 0 pays others, the
 * oldest first; what is then left of it is the party's to get back.
 * Statements come oldest first, and none that is void among them.
 */
export function openItems(
  statements: readonly StatementItem[],
  stillOwed: Record<Side, bigint>,
  directed: readonly DirectedPayment[],
): OpenItem[] {
  const ofA = openOf('A', statements, stillOwed.A, directed);
  const ofB = openOf('B', statements, stillOwed.B, directed);
  return statements.map((item) => ({
    ...item,
    open: { A: ofA.get(item.statementId)!, B: ofB.get(item.statementId)! },
  }));
}

function openOf(
  side: Side,
  statements: readonly StatementItem[],
  stillOwed: bigint,
  directed: readonly DirectedPayment[],
): Map<string, bigint> {
  const open = new Map(
    statements.map(({ statementId, charged }) => [statementId, charged[side] > 0n ? charged[side] : 0n]),
  );
  const charges = [...open.values()].reduce((sum, each) => sum + each, 0n);
  let unspent = charges - stillOwed;
  const pay = (statementId: string, upTo: bigint): bigint => {
    const paid = smallest(open.get(statementId) ?? 0n, upTo, unspent);
    open.set(statementId, (open.get(statementId) ?? 0n) - paid);
    unspent -= paid;
    return paid;
  };
  for (const { payer, amount, statementIds } of directed) {
    if (payer !== side) continue;
    let rest = amount;
    for (const statementId of statementIds) if (open.has(statementId)) rest -= pay(statementId, rest);
  }
  for (const { statementId } of statements) pay(statementId, open.get(statementId)!);
  leaveCredit(side, statements, -stillOwed, open);
  return open;
}

/** What a party has paid too much is what is left of its latest charges below 0, as far as they go. */
function leaveCredit(
  side: Side,
  statements: readonly StatementItem[],
  overpaid: bigint,
  open: Map<string, bigint>,
): void {
  let left = overpaid;
  for (const { statementId, charged } of [...statements].reverse()) {
    if (charged[side] >= 0n) continue;
    const unused = smallest(-charged[side], left);
    open.set(statementId, -unused);
    left -= unused;
  }
}

/**
 * Whether a statement charges anything, or gives any back, and all of it is paid. What charges nothing is never
 * settled.
 */
export function isPaid({ charged, open }: OpenItem): boolean {
  return (charged.A !== 0n || charged.B !== 0n) && open.A === 0n && open.B === 0n;
}

/** Whether anything of a statement is paid. */
export function isTouched({ charged, open }: OpenItem): boolean {
  return (['A', 'B'] as const).some((side) => open[side] !== charged[side]);
}

function smallest(...amounts: bigint[]): bigint {
  const least = amounts.reduce((one, other) => (one < other ? one : other));
  return least > 0n ? least : 0n;
}
