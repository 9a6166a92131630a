import { formatDecimal, multiply, parseDecimal } from '../../money/index.js';
import { formatInstant, periodBounds } from '../../period/index.js';
import { focusCsv, focusUnit, PEERING_SERVICE, type FocusRow } from './focus-rows.js';
import { inertCell } from './inert-cell.js';
import { linesOf, sideOfCode, type RenderedLine, type StatementModel } from './statement-model.js';

/** A quantity of at most 12 decimals times a price of at most 12. */
const DECIMALS_MAX = 24;

const CATEGORIES: Record<RenderedLine['kind'], 'Usage' | 'Purchase' | 'Adjustment'> = {
  usage: 'Usage',
  flat_fee: 'Purchase',
  ratio_excess: 'Usage',
  percentile_commit: 'Purchase',
  percentile_overage: 'Usage',
  true_up: 'Adjustment',
  adjustment: 'Adjustment',
};

/**
 * A statement's lines as FOCUS 1.2 charges. Who is paid is the provider and issues, who pays is the billing
 * account; so the billed cost of an issuer and account adds up to what that account pays.
 */
export function renderFocus(model: StatementModel): Buffer {
  return Buffer.from(
    focusCsv(
      linesOf(model).map((line) => focusCharge(model, line)),
      true,
    ),
  );
}

function focusCharge(model: StatementModel, line: RenderedLine): FocusRow {
  const { statement, parties } = model;
  const payee = parties[sideOfCode(model, line.payee)];
  const payer = parties[sideOfCode(model, line.payer)];
  const category = CATEGORIES[line.kind];
  const isAdjustment = line.kind === 'adjustment';
  const charged = periodBounds(line.originalPeriod ?? statement.period, statement.timezone);
  return {
    BilledCost: line.amount,
    BillingAccountId: line.payer,
    BillingAccountName: inertCell(payer.name),
    BillingCurrency: statement.currency,
    BillingPeriodEnd: statement.periodEnd,
    BillingPeriodStart: statement.periodStart,
    ChargeCategory: category,
    ChargeClass: isAdjustment ? 'Correction' : null,
    ChargeDescription: inertCell(describe(line)),
    ChargeFrequency: frequencyOf(category, isAdjustment),
    ChargePeriodEnd: formatInstant(charged.end),
    ChargePeriodStart: formatInstant(charged.start),
    ...consumption(line, category),
    ...pricing(line, isAdjustment),
    EffectiveCost: line.amount,
    InvoiceId: statement.number,
    InvoiceIssuerName: inertCell(payee.name),
    ListCost: line.amount,
    ProviderName: inertCell(payee.name),
    PublisherName: inertCell(payee.name),
    RegionId: null,
    RegionName: null,
    ...PEERING_SERVICE,
    SkuId: [kindOf(line), line.direction].filter(Boolean).join('/'),
    SkuMeter: METERS[kindOf(line)],
    SkuPriceDetails: placeOfPrice(statement.agreement, line),
    SkuPriceId: [statement.agreement, `v${line.version}`, kindOf(line), line.direction, line.tier]
      .filter((part) => part !== null)
      .join('/'),
    x_Agreement: statement.agreement,
    x_Bytes: line.bytes,
    x_Cause: inertCell(line.cause),
    x_CreditId: null,
    x_Direction: line.direction,
    x_LineId: line.id,
    x_LineKind: line.kind,
    x_OriginalPeriod: line.originalPeriod,
    x_Reference: inertCell(line.reference),
    x_Side: null,
    x_StatementNumber: statement.number,
    x_StatementSha256: statement.sha256,
    x_Tier: line.tier === null ? null : String(line.tier),
    x_Unit: line.unit,
    x_UnitPrice: line.unitPrice,
    x_Version: String(line.version),
  };
}

/** Where in the terms of an agreement, which are its price list, a line's price stands. */
function placeOfPrice(agreement: string, { version, tier }: RenderedLine): string {
  return JSON.stringify({
    x_Agreement: agreement,
    x_Version: String(version),
    ...(tier !== null && { x_Tier: String(tier) }),
  });
}

const METERS: Record<RenderedLine['kind'], string> = {
  usage: 'Settled traffic',
  flat_fee: 'Flat fee',
  ratio_excess: 'Traffic beyond the ratio',
  percentile_commit: 'Committed rate',
  percentile_overage: '95th percentile beyond the commit',
  true_up: 'Shortfall of the commitment',
  adjustment: 'Conceded amount',
};

/** What kind of charge a line is, or changes. */
function kindOf({ kind, originalKind }: Pick<RenderedLine, 'kind' | 'originalKind'>): RenderedLine['kind'] {
  return originalKind ?? kind;
}

/** What a line charges, in a few words. */
export function describe(
  line: Pick<RenderedLine, 'kind' | 'direction' | 'tier' | 'originalPeriod' | 'originalKind' | 'cause'>,
): string {
  return [
    line.kind === 'adjustment' ? 'Adjustment:' : null,
    METERS[kindOf(line)],
    line.direction,
    line.tier === null ? null : `tier ${line.tier}`,
    line.originalPeriod === null ? null : `of ${line.originalPeriod}`,
    line.cause === null ? null : `(${line.cause})`,
  ]
    .filter((part) => part !== null)
    .join(' ');
}

function frequencyOf(category: string, isAdjustment: boolean): string {
  if (isAdjustment) return 'One-Time';
  return category === 'Usage' ? 'Usage-Based' : 'Recurring';
}

/** Only usage consumes; bytes are exact where the line has them. */
function consumption(
  { bytes, quantity, unit }: RenderedLine,
  category: string,
): Pick<FocusRow, 'ConsumedQuantity' | 'ConsumedUnit'> {
  if (category !== 'Usage') return { ConsumedQuantity: null, ConsumedUnit: null };
  if (bytes !== null) return { ConsumedQuantity: bytes, ConsumedUnit: 'B' };
  return { ConsumedQuantity: quantity, ConsumedUnit: focusUnit(unit) };
}

/**
 * Quantity times unit price is the contracted cost, exactly, before it is rounded to what is billed. A
 * correction has a difference only, which no price multiplies out to.
 */
function pricing(
  { quantity, unit, unitPrice, amount }: RenderedLine,
  isAdjustment: boolean,
): Pick<
  FocusRow,
  'ContractedCost' | 'ContractedUnitPrice' | 'PricingCategory' | 'PricingQuantity' | 'PricingUnit'
> {
  if (isAdjustment) {
    return {
      ContractedCost: amount,
      ContractedUnitPrice: null,
      PricingCategory: null,
      PricingQuantity: null,
      PricingUnit: null,
    };
  }
  return {
    ContractedCost: formatDecimal(multiply(parseDecimal(quantity), parseDecimal(unitPrice)), DECIMALS_MAX),
    ContractedUnitPrice: unitPrice,
    PricingCategory: 'Standard',
    PricingQuantity: quantity,
    PricingUnit: focusUnit(unit),
  };
}
