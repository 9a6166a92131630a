import type { FlowDirection } from '../../src/agreements/index.js';
import { completeTerms } from '../../src/agreements/rules/complete-terms.js';
import { formatAmount } from '../../src/money/index.js';
import { formatInstant } from '../../src/period/index.js';
import { shareCredits, type CreditClaim } from '../../src/rating/index.js';
import { creditsOfParty, type CustomerUsage } from '../../src/settlement/rules/credits-of-party.js';
import { periodRules } from '../../src/traffic/rules/period-rules.js';
import { UsageSums } from '../../src/traffic/rules/usage.js';
import { at, record } from './shown.js';

export function credits(input: any): unknown {
  if (input.operation === 'later') return laterCredits(input);
  const { side, period, timezone, billingCurrency, zeroRatedBytes, listPrices, records } = input;
  const prices = listPrices.map((price: any) => ({ region: null, ...price, from: at(price.from) }));
  const direction: FlowDirection = side === 'egress' ? 'aToB' : 'bToA';
  const terms = completeTerms({ directions: { [direction]: { zeroRating: { kind: 'all' } } } }, 'USD');
  const sums = new UsageSums('A', prices);
  const rules = [periodRules(period, terms, timezone, false)];
  for (const each of records) sums.add(record({ direction: side, ...each }), rules, 1);
  const usage = [...sums.customers.values()].map(
    ({ customer, priceFrom, region, unitPrice, ...sum }) =>
      ({
        ...sum,
        customer: customer || null,
        priceFrom: priceFrom || null,
        region: region || null,
        unitPrice: unitPrice || null,
      }) as CustomerUsage,
  );
  const zero = { aToB: 0n, bToA: 0n, [direction]: BigInt(zeroRatedBytes) };
  const given = creditsOfParty('A', zero, usage, billingCurrency).credits;
  const shares = shareCredits(BigInt(zeroRatedBytes), usage);
  const total = given.reduce((sum, { amount }) => sum + (amount ?? 0n), 0n);
  return {
    reportedBytes: String(usage.reduce((sum, { bytes }) => sum + bytes, 0n)),
    creditedBytes: String(shares.reduce((sum, { bytes }) => sum + bytes, 0n)),
    credits: given.map(({ customer, bytes, unit, unitPrice, priceFrom, region, amount }) => ({
      customer,
      bytes: String(bytes),
      unit,
      unitPrice,
      priceFrom: priceFrom === null ? null : formatInstant(priceFrom),
      region,
      amount: amount === null ? null : formatAmount(amount, billingCurrency),
    })),
    total: formatAmount(total, billingCurrency),
  };
}

/** Section 8, "Later data": what stays credited, and the rest by the rule that shared the first credits. */
function laterCredits({ zeroRatedBytes, claims, credited }: any): unknown {
  const before = new Map<string, bigint>(credited.map((each: any) => [each.customer, BigInt(each.bytes)]));
  const kept = claims.map(({ customer, bytes }: any) => {
    const was = before.get(customer) ?? 0n;
    return was < BigInt(bytes) ? was : BigInt(bytes);
  }) as bigint[];
  const left = BigInt(zeroRatedBytes) - kept.reduce((sum, bytes) => sum + bytes, 0n);
  const open = claims.map(({ customer, bytes }: any, i: number): CreditClaim => {
    const rest = BigInt(bytes) - kept[i]!;
    return { customer, priceFrom: 0, region: null, unitPrice: '1', unit: 'GB', bytes: rest };
  });
  const shares = shareCredits(left < 0n ? 0n : left, open);
  const later = shares.map(({ claim, bytes }) => {
    const now = kept[open.indexOf(claim)]! + bytes;
    const difference = now - (before.get(claim.customer!) ?? 0n);
    return { customer: claim.customer, bytes: String(now), difference: String(difference) };
  });
  return { credits: later.filter(({ customer }) => customer !== null) };
}
