import type { Commitment } from '../../agreements/index.js';
import { formatDecimal, minorUnitsOf, parseDecimal, rational, currencyExponent } from '../../money/index.js';
import { counterpartyOf, type RatedLine } from './line.js';

/**
 * The true-up lines of send-or-pay (section 6): per party max(0, commitment - the sum of the lines that it
 * pays), paid to the other. `charges` are the period's usage, flat fee, ratio and percentile lines; true-ups
 * and adjustments do not count. Throws RangeError when a party has two commitments.
 */
export function trueUpLines(
  commitments: readonly Commitment[],
  charges: readonly RatedLine[],
  currency: string,
): RatedLine[] {
  const parties = new Set(commitments.map(({ party }) => party));
  if (parties.size < commitments.length) throw new RangeError('A party has at most one commitment');
  return commitments.flatMap(({ party, amount }): RatedLine[] => {
    const charged = charges.reduce((sum, line) => (line.payer === party ? sum + line.amount : sum), 0n);
    const shortfall = minorUnitsOf(parseDecimal(amount), currency) - charged;
    if (shortfall <= 0n) return [];
    const exponent = currencyExponent(currency);
    return [
      {
        kind: 'true_up',
        direction: null,
        tier: null,
        bytes: null,
        quantity: formatDecimal(rational(shortfall, 10n ** BigInt(exponent)), exponent),
        unit: currency,
        unitPrice: '1',
        amount: shortfall,
        payer: party,
        payee: counterpartyOf(party),
      },
    ];
  });
}
