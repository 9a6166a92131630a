/** What a provider is owed by all others in one currency, less what it owes them; minor units. */
export interface NetPosition {
  provider: string;
  net: bigint;
}

export interface NettingPayment {
  payer: string;
  payee: string;
  /** Minor units, above 0. */
  amount: bigint;
}

export interface NettingProposal {
  payments: NettingPayment[];
  /** `exact`: no fewer payments clear the positions. `greedy`: at most one fewer than there are providers. */
  method: 'exact' | 'greedy';
}

/** With more providers than these their partitions, 2^n, are too many to look at. */
export const EXACT_PROVIDERS_MAX = 16;

/**
 * The payments that bring every position to zero. Fewest is NP-hard: n open positions need n payments less the
 * most groups that they can be parted into so that each adds up to zero. Up to {@link EXACT_PROVIDERS_MAX} of
 * them the best partition is found by dynamic programming over all subsets; beyond, exact opposites are paired
 * and the rest is one group. Within a group the largest debtor pays the largest creditor, as much as both have
 * open, until nothing is: one payment fewer than it has members. Throws RangeError where the positions do not
 * add up to zero, since no payments could clear them.
 */
export function proposeNetting(positions: readonly NetPosition[]): NettingProposal {
  const open = positions.filter(({ net }) => net !== 0n).sort((a, b) => (a.provider < b.provider ? -1 : 1));
  if (open.reduce((sum, { net }) => sum + net, 0n) !== 0n)
    throw new RangeError('The positions do not add up to zero');
  const isExact = open.length <= EXACT_PROVIDERS_MAX;
  const groups = isExact ? zeroSumGroups(open) : pairsAndRest(open);
  return { payments: groups.flatMap(clearGroup), method: isExact ? 'exact' : 'greedy' };
}

/** Parts positions that add up to zero into the most groups that do. */
function zeroSumGroups(open: readonly NetPosition[]): NetPosition[][] {
  const subsets = 2 ** open.length;
  const sums = new Array<bigint>(subsets).fill(0n);
  // The most zero-sum groups that a subset can be built up by, one position after the other; and the last one.
  const groups = new Uint8Array(subsets);
  const last = new Uint8Array(subsets);
  for (let subset = 1; subset < subsets; subset += 1) {
    const low = subset & -subset;
    sums[subset] = sums[subset ^ low]! + open[31 - Math.clz32(low)]!.net;
    let best = -1;
    for (let at = 0; at < open.length; at += 1) {
      if (!(subset & (1 << at)) || groups[subset ^ (1 << at)]! <= best) continue;
      best = groups[subset ^ (1 << at)]!;
      last[subset] = at;
    }
    groups[subset] = best + (sums[subset] === 0n ? 1 : 0);
  }
  const parts: NetPosition[][] = [];
  for (let rest = subsets - 1; rest > 0; rest ^= 1 << last[rest]!) {
    if (sums[rest] === 0n) parts.push([]);
    parts.at(-1)!.push(open[last[rest]!]!);
  }
  return parts;
}

/** Exact opposites as groups of two, and whatever is left as one. */
function pairsAndRest(open: readonly NetPosition[]): NetPosition[][] {
  const groups: NetPosition[][] = [];
  const waiting = new Map<bigint, NetPosition[]>();
  for (const position of open) {
    const opposite = waiting.get(-position.net)?.pop();
    if (opposite) groups.push([opposite, position]);
    else waiting.set(position.net, [...(waiting.get(position.net) ?? []), position]);
  }
  const rest = [...waiting.values()].flat();
  return rest.length > 0 ? [...groups, rest] : groups;
}

function clearGroup(group: readonly NetPosition[]): NettingPayment[] {
  const left = group.map((position) => ({ ...position }));
  const payments: NettingPayment[] = [];
  for (;;) {
    const creditor = left.reduce((one, other) => (other.net > one.net ? other : one));
    const debtor = left.reduce((one, other) => (other.net < one.net ? other : one));
    if (creditor.net === 0n) return payments;
    const amount = creditor.net < -debtor.net ? creditor.net : -debtor.net;
    payments.push({ payer: debtor.provider, payee: creditor.provider, amount });
    creditor.net -= amount;
    debtor.net += amount;
  }
}
