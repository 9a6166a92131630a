import { currencyExponent, isDecimal, parseDecimal, compare } from '../../money/index.js';
import type { DirectionTerms, FlowDirection, ScopeField, Terms, Tier, ZeroRatingLimits } from './terms.js';
import { FLOW_DIRECTIONS } from './terms.js';

/** Why terms make no sense: where, and what would be right. */
export interface TermsMistake {
  pointer: string;
  detail: string;
}

const LIMIT_FIELDS: Record<keyof ZeroRatingLimits, ScopeField> = {
  sourceRegions: 'sourceRegion',
  destinationRegions: 'destinationRegion',
  services: 'service',
};

/**
 * What well-formed terms still get wrong (domain contract, sections 5 to 7). Pointers lead into
 * the `terms` member of the request. Empty when the terms make sense.
 */
export function checkTerms(terms: Terms, currency: string): TermsMistake[] {
  return [
    ...checkScope(terms),
    ...FLOW_DIRECTIONS.flatMap((direction) => checkDirection(terms, direction, currency)),
    ...checkRatio(terms),
    ...checkPercentile(terms),
    ...checkCommitments(terms, currency),
    ...checkMoney(terms.minimumDisputeAmount, '/terms/minimumDisputeAmount', currency),
  ];
}

function checkScope(terms: Terms): TermsMistake[] {
  const { scope, scopeValues } = terms.reconciliation;
  const at = '/terms/reconciliation';
  const missing = scope
    .filter((field) => !scopeValues[field]?.length)
    .map((field) => ({
      pointer: `${at}/scopeValues/${field}`,
      detail: `list the values that ${field} may take`,
    }));
  const unused = Object.keys(scopeValues)
    .filter((field) => !scope.includes(field as ScopeField))
    .map((field) => ({
      pointer: `${at}/scopeValues/${field}`,
      detail: `remove it, or add ${field} to the scope`,
    }));
  return [...missing, ...unused];
}

function checkDirection(terms: Terms, direction: FlowDirection, currency: string): TermsMistake[] {
  const at = `/terms/directions/${direction}`;
  return [
    ...checkZeroRating(terms, terms.directions[direction], `${at}/zeroRating`),
    ...checkPricing(terms.directions[direction], `${at}/pricing`, currency),
  ];
}

function checkZeroRating(terms: Terms, { zeroRating }: DirectionTerms, at: string): TermsMistake[] {
  const mistakes: TermsMistake[] = [];
  if (zeroRating.kind === 'none') return mistakes;
  if (zeroRating.kind === 'all') {
    for (const member of ['quantity', 'unit']) {
      if (member in zeroRating)
        mistakes.push({ pointer: `${at}/${member}`, detail: 'leave it out: only an allowance has one' });
    }
  }
  for (const [list, field] of Object.entries(LIMIT_FIELDS) as [keyof ZeroRatingLimits, ScopeField][]) {
    const values = zeroRating[list];
    if (values.length > 0 && !terms.reconciliation.scope.includes(field)) {
      mistakes.push({
        pointer: `${at}/${list}`,
        detail: `add ${field} to reconciliation.scope, or drop the limit`,
      });
      continue;
    }
    values.forEach((value, index) => {
      if (!terms.reconciliation.scopeValues[field]?.includes(value))
        mistakes.push({
          pointer: `${at}/${list}/${index}`,
          detail: `use a value listed in scopeValues.${field}`,
        });
    });
  }
  return mistakes;
}

function checkPricing({ pricing }: DirectionTerms, at: string, currency: string): TermsMistake[] {
  const mistakes: TermsMistake[] = [];
  const allowed = { none: [], linear: ['unitPrice'], graduated: ['tiers'], volume: ['tiers'] }[
    pricing.model
  ] as string[];
  for (const member of ['unitPrice', 'tiers']) {
    if (member in pricing && !allowed.includes(member))
      mistakes.push({
        pointer: `${at}/${member}`,
        detail: `leave it out: the model ${pricing.model} has none`,
      });
  }
  return 'tiers' in pricing ? [...mistakes, ...checkTiers(pricing.tiers, `${at}/tiers`, currency)] : mistakes;
}

function checkTiers(tiers: Tier[], at: string, currency: string): TermsMistake[] {
  const mistakes: TermsMistake[] = [];
  let lower = '0';
  tiers.forEach((tier, index) => {
    const last = index === tiers.length - 1;
    if (last !== (tier.upTo === null)) {
      const detail = last
        ? 'set it to null: the last tier is open'
        : 'give an upper bound: only the last tier is open';
      mistakes.push({ pointer: `${at}/${index}/upTo`, detail });
    } else if (tier.upTo !== null) {
      if (compare(parseDecimal(tier.upTo), parseDecimal(lower)) <= 0)
        mistakes.push({ pointer: `${at}/${index}/upTo`, detail: `use a bound above ${lower}: tiers ascend` });
      lower = tier.upTo;
    }
    if (tier.flatFee !== undefined)
      mistakes.push(...checkMoney(tier.flatFee, `${at}/${index}/flatFee`, currency));
  });
  return mistakes;
}

function checkRatio({ ratioExcess }: Terms): TermsMistake[] {
  return ratioExcess && compare(parseDecimal(ratioExcess.ratio), parseDecimal('0')) <= 0
    ? [{ pointer: '/terms/ratioExcess/ratio', detail: 'use a ratio above 0, such as "2" for 2:1' }]
    : [];
}

function checkPercentile(terms: Terms): TermsMistake[] {
  return terms.percentile && terms.reconciliation.bucket !== '5min'
    ? [
        {
          pointer: '/terms/reconciliation/bucket',
          detail: 'use "5min": a 95th percentile needs 5-minute samples',
        },
      ]
    : [];
}

function checkCommitments({ commitments }: Terms, currency: string): TermsMistake[] {
  return commitments.flatMap((commitment, index) => {
    const repeated = commitments.findIndex(({ party }) => party === commitment.party) < index;
    return [
      ...(repeated
        ? [
            {
              pointer: `/terms/commitments/${index}/party`,
              detail: 'a party has one commitment; merge the two',
            },
          ]
        : []),
      ...checkMoney(commitment.amount, `/terms/commitments/${index}/amount`, currency),
    ];
  });
}

function checkMoney(amount: string, pointer: string, currency: string): TermsMistake[] {
  const maxDecimals = currencyExponent(currency);
  return isDecimal(amount, { maxDecimals })
    ? []
    : [{ pointer, detail: `use an amount of at most ${maxDecimals} decimals, as ${currency} has` }];
}
