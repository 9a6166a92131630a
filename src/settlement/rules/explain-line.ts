import type { FlowDirection, Terms } from '../../agreements/index.js';
import {
  formatDecimal,
  multiply,
  parseDecimal,
  quantityOf,
  unitBytes,
  isTrafficUnit,
} from '../../money/index.js';
import type { StatementDocument, StatementLine } from './statement-document.js';

/** Where a line's amount comes from. */
export interface LineExplanation {
  /** The term that makes the charge: its place in the version's terms, and what it says. */
  term: { version: number; pointer: string; value: unknown };
  /** The rule, with its numbers put in, one step a line. */
  formula: string[];
}

/** Decimals shown of a product before it is rounded; a price has 12 and so has a quantity. */
const DECIMALS_SHOWN = 24;

/** Explains a line of an issued statement (domain contract, sections 6 and 7). */
export function explainLine(
  line: StatementLine,
  statement: StatementDocument,
  terms: Terms,
): LineExplanation {
  const { pointer, value, steps } = explainKind(line, statement, terms);
  const rounding =
    line.kind === 'adjustment'
      ? 'a difference of amounts rounded once each'
      : 'rounded once, half away from zero';
  const amount = `${rounding}: ${line.amount} ${statement.currency}`;
  return { term: { version: line.version, pointer, value }, formula: [...steps, amount] };
}

interface Explained {
  pointer: string;
  value: unknown;
  steps: string[];
}

function explainKind(line: StatementLine, statement: StatementDocument, terms: Terms): Explained {
  switch (line.kind) {
    case 'usage':
      return explainUsage(line, statement, terms);
    case 'flat_fee':
      return explainFlatFee(line, statement, terms);
    case 'ratio_excess':
      return explainRatio(line, statement, terms);
    case 'percentile_commit':
    case 'percentile_overage':
      return explainPercentile(line, terms);
    case 'true_up':
      return explainTrueUp(line, statement, terms);
    case 'adjustment':
      return explainAdjustment(line, terms);
  }
}

function explainUsage(line: StatementLine, statement: StatementDocument, terms: Terms): Explained {
  const direction = line.direction!;
  const { pricing } = terms.directions[direction];
  const at = `/terms/directions/${direction}/pricing`;
  const priced = pricedBytes(statement, direction);
  const steps = [
    `settled ${statement.settledBytes[direction]} B - zero-rated ${statement.zeroRatedBytes[direction]} B = ${priced} B`,
  ];
  if (line.tier !== null && 'tiers' in pricing) {
    const lower = pricing.tiers[line.tier - 2]?.upTo ?? '0';
    const upper = pricing.tiers[line.tier - 1]?.upTo;
    const range = `above ${lower} ${upper === null || upper === undefined ? '' : `up to ${upper} `}${line.unit}`;
    steps.push(
      pricing.model === 'volume'
        ? `volume: all of it at the price of the tier it lands in, tier ${line.tier} (${range}): ${line.bytes} B`
        : `graduated: the part in tier ${line.tier} (${range}): ${line.bytes} B`,
    );
    return {
      pointer: `${at}/tiers/${line.tier - 1}`,
      value: pricing.tiers[line.tier - 1],
      steps: [...steps, ...priceSteps(line)],
    };
  }
  return { pointer: at, value: pricing, steps: [...steps, ...priceSteps(line)] };
}

function explainFlatFee(line: StatementLine, statement: StatementDocument, terms: Terms): Explained {
  const direction = line.direction!;
  const { pricing } = terms.directions[direction];
  const tiers = 'tiers' in pricing ? pricing.tiers : [];
  const unit = 'unit' in pricing ? pricing.unit : 'GB';
  const quantity = formatDecimal(quantityOf(pricedBytes(statement, direction), unit), 12);
  const tier = line.tier ?? 1;
  const why =
    tier === 1 && pricing.model !== 'volume'
      ? 'the first tier’s flat fee is always due'
      : `${quantity} ${unit} lands in or passes tier ${tier}, which begins above ${tiers[tier - 2]?.upTo ?? '0'} ${unit}`;
  return {
    pointer: `/terms/directions/${direction}/pricing/tiers/${tier - 1}/flatFee`,
    value: tiers[tier - 1]?.flatFee,
    steps: [`${why}: ${line.unitPrice}`],
  };
}

function explainRatio(line: StatementLine, { settledBytes }: StatementDocument, terms: Terms): Explained {
  const heavy = line.direction!;
  const light = heavy === 'aToB' ? 'bToA' : 'aToB';
  const excess = `settled ${heavy} ${settledBytes[heavy]} B - ${terms.ratioExcess?.ratio} x settled ${light} ${settledBytes[light]} B`;
  return {
    pointer: '/terms/ratioExcess',
    value: terms.ratioExcess,
    steps: [`max(0, ${excess}) = ${line.bytes} B`, ...priceSteps(line)],
  };
}

function explainPercentile(line: StatementLine, terms: Terms): Explained {
  const commit = terms.percentile?.commitMbps;
  const steps =
    line.kind === 'percentile_commit'
      ? [`the commit is always due: ${line.quantity} Mbps`]
      : [
          `max(0, 95th percentile - commit ${commit} Mbps) = ${line.quantity} Mbps, basis ${terms.percentile?.basis}`,
        ];
  return { pointer: '/terms/percentile', value: terms.percentile, steps: [...steps, ...priceSteps(line)] };
}

function explainTrueUp(line: StatementLine, statement: StatementDocument, terms: Terms): Explained {
  const party = line.payer === statement.partyA ? 'A' : 'B';
  const index = terms.commitments.findIndex((commitment) => commitment.party === party);
  const paid = statement.lines.filter(
    ({ kind, payer }) => payer === line.payer && kind !== 'true_up' && kind !== 'adjustment',
  );
  const sum = paid.length === 0 ? '0' : paid.map(({ amount }) => amount).join(' + ');
  const committed = terms.commitments[index]?.amount;
  return {
    pointer: `/terms/commitments/${index}`,
    value: terms.commitments[index],
    steps: [`max(0, commitment ${committed} - (${sum})) = ${line.quantity} ${statement.currency}`],
  };
}

/** The term of the line that changes, and what it changes by; buckets and records are those of its period. */
function explainAdjustment(line: StatementLine, terms: Terms): Explained {
  const { originalPeriod, originalKind, direction, tier, reference, quantity, unit } = line;
  if (!originalKind) {
    return {
      pointer: '',
      value: null,
      steps: [`conceded in the dispute ${reference} about ${originalPeriod}`],
    };
  }
  const steps = [
    `${originalPeriod} with all that is known, rated whole, minus all lines issued for it: ${quantity} ${unit}`,
    line.cause === 'dispute' ? `agreed in the dispute ${reference}` : `it changes the statement ${reference}`,
  ];
  if (direction !== null && (originalKind === 'usage' || originalKind === 'flat_fee')) {
    const { pricing } = terms.directions[direction];
    const at = `/terms/directions/${direction}/pricing`;
    if (tier === null || !('tiers' in pricing)) return { pointer: at, value: pricing, steps };
    return { pointer: `${at}/tiers/${tier - 1}`, value: pricing.tiers[tier - 1], steps };
  }
  if (originalKind === 'ratio_excess')
    return { pointer: '/terms/ratioExcess', value: terms.ratioExcess, steps };
  if (originalKind === 'true_up') {
    return { pointer: '/terms/commitments', value: terms.commitments, steps };
  }
  return { pointer: '/terms/percentile', value: terms.percentile, steps };
}

/** `bytes / unit = quantity`, and `quantity x price`. */
function priceSteps({ bytes, quantity, unit, unitPrice }: StatementLine): string[] {
  const price = parseDecimal(unitPrice);
  if (bytes === null || !isTrafficUnit(unit)) {
    return [`${quantity} ${unit} x ${unitPrice} = ${shownProduct(parseDecimal(quantity), price)}`];
  }
  const exact = quantityOf(BigInt(bytes), unit);
  return [
    `${bytes} B / ${unitBytes(unit)} B = ${quantity} ${unit}`,
    `${quantity} ${unit} x ${unitPrice} = ${shownProduct(exact, price)}`,
  ];
}

function shownProduct(
  quantity: Parameters<typeof multiply>[0],
  price: Parameters<typeof multiply>[0],
): string {
  return formatDecimal(multiply(quantity, price), DECIMALS_SHOWN);
}

function pricedBytes(statement: StatementDocument, direction: FlowDirection): bigint {
  return BigInt(statement.settledBytes[direction]) - BigInt(statement.zeroRatedBytes[direction]);
}
