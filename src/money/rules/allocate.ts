/**
 * Shares an integer in proportion to the weights by largest remainder, ties to the earlier index (section 3).
 * The parts always add up to the total, and a weight of 0 gets 0. Throws RangeError for a negative total or
 * weight, and when there is something to share but no weight above 0.
 */
export function allocate(total: bigint, weights: readonly bigint[]): bigint[] {
  if (total < 0n) throw new RangeError('Only a total of at least 0 can be shared');
  let weightSum = 0n;
  for (const weight of weights) {
    if (weight < 0n) throw new RangeError('A weight cannot be negative');
    weightSum += weight;
  }
  if (total === 0n) return weights.map(() => 0n);
  if (weightSum === 0n) throw new RangeError('Nothing to share in proportion to: every weight is 0');

  const parts: bigint[] = [];
  const remainders: { index: number; remainder: bigint }[] = [];
  let rest = total;
  weights.forEach((weight, index) => {
    const product = total * weight;
    const part = product / weightSum;
    parts.push(part);
    rest -= part;
    remainders.push({ index, remainder: product - part * weightSum });
  });
  remainders.sort((a, b) =>
    a.remainder > b.remainder ? -1 : a.remainder < b.remainder ? 1 : a.index - b.index,
  );
  // rest is below the number of remainders above 0, so it never reaches a weight of 0.
  for (const { index } of remainders.slice(0, Number(rest))) parts[index] = parts[index]! + 1n;
  return parts;
}
