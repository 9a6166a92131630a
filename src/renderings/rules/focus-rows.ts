import { stringify } from 'csv-stringify/sync';

/**
 * Columns of FOCUS 1.2 that say something here, in the order of the specification, then our own. Conditional
 * columns of what a statement does not know, such as resources, are left out as the specification wants it.
 */
export const FOCUS_COLUMNS = [
  'BilledCost',
  'BillingAccountId',
  'BillingAccountName',
  'BillingCurrency',
  'BillingPeriodEnd',
  'BillingPeriodStart',
  'ChargeCategory',
  'ChargeClass',
  'ChargeDescription',
  'ChargeFrequency',
  'ChargePeriodEnd',
  'ChargePeriodStart',
  'ConsumedQuantity',
  'ConsumedUnit',
  'ContractedCost',
  'ContractedUnitPrice',
  'EffectiveCost',
  'InvoiceId',
  'InvoiceIssuerName',
  'ListCost',
  'PricingCategory',
  'PricingQuantity',
  'PricingUnit',
  'ProviderName',
  'PublisherName',
  'RegionId',
  'RegionName',
  'ServiceCategory',
  'ServiceName',
  'ServiceSubcategory',
  'SkuId',
  'SkuMeter',
  'SkuPriceDetails',
  'SkuPriceId',
  'x_Agreement',
  'x_Bytes',
  'x_Cause',
  'x_CreditId',
  'x_Direction',
  'x_LineId',
  'x_LineKind',
  'x_OriginalPeriod',
  'x_Reference',
  'x_Side',
  'x_StatementNumber',
  'x_StatementSha256',
  'x_Tier',
  'x_Unit',
  'x_UnitPrice',
  'x_Version',
] as const;

export type FocusColumn = (typeof FOCUS_COLUMNS)[number];

/** One charge; texts that spreadsheets could take for formulas are inert already, numbers are plain. */
export type FocusRow = Record<FocusColumn, string | null>;

/** What is the same on every row. */
export const PEERING_SERVICE = {
  ServiceCategory: 'Networking',
  ServiceName: 'Peering',
  ServiceSubcategory: 'Network Connectivity',
} as const;

/** Our units that FOCUS writes in another way (its UnitFormat); the others it has as we do. */
const UNITS: Readonly<Record<string, string>> = { Mbps: 'Mb/Second', flat: 'Units' };

/** A unit as FOCUS writes it. */
export function focusUnit(unit: string): string {
  return UNITS[unit] ?? unit;
}

/** Rows as CSV; a null is an empty field, which no text ever is. */
export function focusCsv(rows: readonly FocusRow[], header: boolean): string {
  return stringify([...rows], { header, columns: [...FOCUS_COLUMNS], record_delimiter: '\r\n' });
}
