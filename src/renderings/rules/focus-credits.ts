import { formatInstant, periodBounds } from '../../period/index.js';
import type { CreditView } from '../../settlement/index.js';
import { focusCsv, PEERING_SERVICE, type FocusRow } from './focus-rows.js';
import { inertCell } from './inert-cell.js';
import type { PartyDetails, StatementModel } from './statement-model.js';

/**
 * A provider's credits as FOCUS 1.2 charges of its own customers: each takes its amount off what the customer
 * is billed. What has no price yet is credited later, so it is no charge.
 */
export function focusCredits(
  credits: readonly CreditView[],
  { statement }: Pick<StatementModel, 'statement'>,
  provider: PartyDetails,
  header: boolean,
): string {
  const issuer = inertCell(provider.name);
  // Reading a zone's rules is slow, and a page of credits is of few periods.
  const bounds = new Map<string, Charged>();
  const chargedIn = (period: string): Charged => {
    const known = bounds.get(period) ?? charged(period, statement.timezone);
    bounds.set(period, known);
    return known;
  };
  const rows = credits.flatMap((credit): FocusRow[] => {
    if (credit.amount === null) return [];
    return [focusCredit(credit, credit.amount, { statement, issuer, charged: chargedIn(credit.period) })];
  });
  return focusCsv(rows, header);
}

/** A period's bounds as FOCUS writes them. */
interface Charged {
  start: string;
  end: string;
}

interface CreditContext {
  statement: StatementModel['statement'];
  issuer: string;
  charged: Charged;
}

function charged(period: string, timezone: string): Charged {
  const { start, end } = periodBounds(period, timezone);
  return { start: formatInstant(start), end: formatInstant(end) };
}

function focusCredit(
  credit: CreditView,
  amount: string,
  { statement, issuer, charged }: CreditContext,
): FocusRow {
  const cost = negated(amount);
  const isLate = credit.period !== statement.period;
  return {
    BilledCost: cost,
    BillingAccountId: inertCell(credit.customer),
    BillingAccountName: null,
    BillingCurrency: credit.currency,
    BillingPeriodEnd: statement.periodEnd,
    BillingPeriodStart: statement.periodStart,
    ChargeCategory: 'Credit',
    // What is credited late changes what the customer was billed for a period before, referring to a credit or not.
    ChargeClass: isLate ? 'Correction' : null,
    ChargeDescription: `Zero-rated ${credit.side} traffic under ${statement.agreement}`,
    ChargeFrequency: 'One-Time',
    ChargePeriodEnd: charged.end,
    ChargePeriodStart: charged.start,
    ConsumedQuantity: null,
    ConsumedUnit: null,
    ContractedCost: cost,
    ContractedUnitPrice: null,
    EffectiveCost: cost,
    InvoiceId: null,
    InvoiceIssuerName: issuer,
    ListCost: cost,
    PricingCategory: null,
    PricingQuantity: null,
    PricingUnit: null,
    ProviderName: issuer,
    PublisherName: issuer,
    RegionId: inertCell(credit.region),
    RegionName: inertCell(credit.region),
    ...PEERING_SERVICE,
    SkuId: null,
    SkuMeter: null,
    SkuPriceDetails: null,
    SkuPriceId: null,
    x_Agreement: statement.agreement,
    x_Bytes: credit.bytes,
    x_Cause: null,
    x_CreditId: credit.id,
    x_Direction: credit.direction,
    x_LineId: null,
    x_LineKind: 'credit',
    x_OriginalPeriod: isLate ? credit.period : null,
    x_Reference: credit.refersTo,
    x_Side: credit.side,
    x_StatementNumber: statement.number,
    x_StatementSha256: statement.sha256,
    x_Tier: null,
    x_Unit: credit.unit,
    x_UnitPrice: credit.unitPrice,
    x_Version: null,
  };
}

/** The amount with the other sign; zero has none. */
function negated(amount: string): string {
  if (/^-?0(\.0*)?$/.test(amount)) return amount.replace('-', '');
  return amount.startsWith('-') ? amount.slice(1) : `-${amount}`;
}
