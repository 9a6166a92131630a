import { parse } from 'csv-parse/sync';
import { multiply, parseDecimal, formatDecimal } from '../../../src/money/index.js';
import { renderFocus } from '../../../src/renderings/rules/focus-charges.js';
import { focusCredits } from '../../../src/renderings/rules/focus-credits.js';
import { MODELS, ROWS } from './sample-statements.js';

type Row = Record<string, string | null>;

/** What FOCUS 1.2 says of a column: whether it has to be there, what is in it, and whether that may be missing. */
interface ColumnRule {
  level: 'Mandatory' | 'Conditional' | 'Recommended';
  type: 'Decimal' | 'String' | 'Date/Time' | 'JSON';
  nulls: boolean;
  values?: readonly string[];
}

const rule = (
  level: ColumnRule['level'],
  type: ColumnRule['type'],
  nulls: boolean,
  values?: readonly string[],
): ColumnRule => ({ level, type, nulls, ...(values && { values }) });

/** Every mandatory column of the specification, and the others that are exported. */
const COLUMNS: Record<string, ColumnRule> = {
  BilledCost: rule('Mandatory', 'Decimal', false),
  BillingAccountId: rule('Mandatory', 'String', false),
  BillingAccountName: rule('Mandatory', 'String', true),
  BillingCurrency: rule('Mandatory', 'String', false),
  BillingPeriodEnd: rule('Mandatory', 'Date/Time', false),
  BillingPeriodStart: rule('Mandatory', 'Date/Time', false),
  ChargeCategory: rule('Mandatory', 'String', false, ['Usage', 'Purchase', 'Tax', 'Credit', 'Adjustment']),
  ChargeClass: rule('Mandatory', 'String', true, ['Correction']),
  ChargeDescription: rule('Mandatory', 'String', true),
  ChargeFrequency: rule('Recommended', 'String', false, ['One-Time', 'Recurring', 'Usage-Based']),
  ChargePeriodEnd: rule('Mandatory', 'Date/Time', false),
  ChargePeriodStart: rule('Mandatory', 'Date/Time', false),
  ConsumedQuantity: rule('Conditional', 'Decimal', true),
  ConsumedUnit: rule('Conditional', 'String', true),
  ContractedCost: rule('Mandatory', 'Decimal', false),
  ContractedUnitPrice: rule('Conditional', 'Decimal', true),
  EffectiveCost: rule('Mandatory', 'Decimal', false),
  InvoiceId: rule('Recommended', 'String', true),
  InvoiceIssuerName: rule('Mandatory', 'String', false),
  ListCost: rule('Mandatory', 'Decimal', false),
  PricingCategory: rule('Conditional', 'String', true, ['Standard', 'Dynamic', 'Committed', 'Other']),
  PricingQuantity: rule('Mandatory', 'Decimal', true),
  PricingUnit: rule('Mandatory', 'String', true),
  ProviderName: rule('Mandatory', 'String', false),
  PublisherName: rule('Mandatory', 'String', false),
  RegionId: rule('Conditional', 'String', true),
  RegionName: rule('Conditional', 'String', true),
  ServiceCategory: rule('Mandatory', 'String', false, ['Networking']),
  ServiceName: rule('Mandatory', 'String', false),
  ServiceSubcategory: rule('Recommended', 'String', false, ['Network Connectivity']),
  SkuId: rule('Conditional', 'String', true),
  SkuMeter: rule('Conditional', 'String', true),
  SkuPriceDetails: rule('Conditional', 'JSON', true),
  SkuPriceId: rule('Conditional', 'String', true),
};

/** What columns demand of each other; by the column whose rule it is. */
const TOGETHER: [rule: string, holds: (row: Row) => boolean][] = [
  ['BillingCurrency is a code of ISO 4217', ({ BillingCurrency }) => /^[A-Z]{3}$/.test(BillingCurrency!)],
  [
    'a period has a start before its end',
    (row) =>
      row['BillingPeriodStart']! < row['BillingPeriodEnd']! &&
      row['ChargePeriodStart']! < row['ChargePeriodEnd']!,
  ],
  [
    'ChargeClass is Correction of an earlier period, and of nothing else',
    (row) => row['ChargeClass'] === null || row['ChargePeriodStart']! < row['BillingPeriodStart']!,
  ],
  [
    'what is charged in its own period is no correction',
    (row) => row['ChargeClass'] !== null || row['ChargePeriodStart'] === row['BillingPeriodStart'],
  ],
  [
    'ChargeFrequency of a purchase is not Usage-Based',
    ({ ChargeCategory, ChargeFrequency }) =>
      ChargeCategory !== 'Purchase' || ChargeFrequency !== 'Usage-Based',
  ],
  [
    'ConsumedQuantity is there for usage that is no correction, and for nothing but usage',
    ({ ChargeCategory, ChargeClass, ConsumedQuantity }) =>
      ChargeCategory === 'Usage'
        ? ConsumedQuantity !== null || ChargeClass === 'Correction'
        : ConsumedQuantity === null,
  ],
  ...['ContractedUnitPrice', 'PricingCategory', 'PricingQuantity', 'SkuId', 'SkuPriceId'].map(
    (name): [string, (row: Row) => boolean] => [
      `${name} is there for usage and purchases that are no correction`,
      (row) => row[name] !== null || !isPriced(row),
    ],
  ),
  ...[
    ['ConsumedUnit', 'ConsumedQuantity'],
    ['PricingUnit', 'PricingQuantity'],
    ['RegionName', 'RegionId'],
    ['SkuMeter', 'SkuId'],
  ].map(([name, other]): [string, (row: Row) => boolean] => [
    `${name} is there where ${other} is, and only there`,
    (row) => (row[name!] === null) === (row[other!] === null),
  ]),
  [
    'SkuPriceDetails is null where SkuPriceId is',
    ({ SkuPriceDetails, SkuPriceId }) => SkuPriceId !== null || SkuPriceDetails === null,
  ],
  ['ContractedUnitPrice is not negative', ({ ContractedUnitPrice }) => !ContractedUnitPrice?.startsWith('-')],
  [
    'ContractedCost is price times quantity, and what is billed where there is no price',
    (row) => {
      const { BilledCost, ChargeClass, ContractedCost, ContractedUnitPrice, PricingQuantity } = row;
      if (!ContractedUnitPrice) return isSame(ContractedCost!, BilledCost!);
      return (
        ChargeClass === 'Correction' ||
        !PricingQuantity ||
        isSame(ContractedCost!, product(ContractedUnitPrice, PricingQuantity))
      );
    },
  ],
  ['ListCost without a list price is what is billed', (row) => isSame(row['ListCost']!, row['BilledCost']!)],
  [
    'EffectiveCost is what is billed, since nothing is bought for later',
    (row) => isSame(row['EffectiveCost']!, row['BilledCost']!),
  ],
  [
    'units are as UnitFormat has them',
    (row) => [row['ConsumedUnit'], row['PricingUnit']].every((unit) => !unit || UNIT.test(unit)),
  ],
];

/** Sizes of data in bytes, a rate of bits, a count, or a currency of which something is short. */
const UNIT = /^([KMGTPE]?i?B|[KMGT]b\/Second|Units|[A-Z]{3})$/;

const isPriced = ({ ChargeCategory, ChargeClass }: Row): boolean =>
  ['Usage', 'Purchase'].includes(ChargeCategory!) && ChargeClass === null;
const product = (price: string, quantity: string): string =>
  formatDecimal(multiply(parseDecimal(price), parseDecimal(quantity)), 24);
const isSame = (a: string, b: string): boolean =>
  formatDecimal(parseDecimal(a), 24) === formatDecimal(parseDecimal(b), 24);

/** NumericFormat, DateTimeFormat and KeyValueFormat, and texts that say something. */
const IS: Record<ColumnRule['type'], (value: string) => boolean> = {
  Decimal: (value) => /^-?\d+(\.\d+)?$/.test(value) && !/^-0(\.0*)?$/.test(value),
  'Date/Time': (value) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value),
  String: (value) => value.trim() !== '',
  JSON: (value) =>
    Object.entries(JSON.parse(value) as object).every(
      ([name, each]) => name.startsWith('x_') && typeof each === 'string',
    ),
};

function rowsOf(csv: Buffer | string): Row[] {
  const rows = parse<Record<string, string>>(csv, { columns: true });
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === '' ? null : value])),
  );
}

const { plain, rich } = MODELS;
/** One whose price came late, and one that changes a credit of its own period. */
const OTHER_CREDITS: typeof ROWS = [
  { ...ROWS[0]!, period: '2026-09' },
  { ...ROWS[0]!, refersTo: '01900000-0000-7000-8000-0000000000b1' },
];
const EXPORTS: Record<string, Buffer | string> = {
  'a plain statement': renderFocus(plain),
  'a statement with every kind of line': renderFocus(rich),
  credits: focusCredits([...ROWS, ...OTHER_CREDITS], rich, rich.parties.A, true),
};

describe.each(Object.entries(EXPORTS))('the FOCUS 1.2 rows of %s', (_, csv) => {
  const rows = rowsOf(csv);

  it('have every mandatory column, and no others but conditional, recommended and custom ones', () => {
    const names = Object.keys(rows[0]!);
    const standard = names.filter((name) => !name.startsWith('x_'));
    expect(standard).toEqual(Object.keys(COLUMNS));
    // Custom columns after those of the specification, each kind in the order of the alphabet.
    expect(names).toEqual([...standard.sort(), ...names.filter((name) => name.startsWith('x_')).sort()]);
  });

  it('have values of their types, of those that are allowed, and none missing that must be there', () => {
    const wrong = rows.flatMap((row, index) =>
      Object.entries(COLUMNS).flatMap(([name, { type, nulls, values }]) => {
        const value = row[name] ?? null;
        const isRight = value === null ? nulls : IS[type](value) && (!values || values.includes(value));
        return isRight ? [] : [`row ${index}: ${name} is ${value}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it.each(TOGETHER)('%s', (_rule, holds) => {
    expect(rows.filter((row) => !holds(row))).toEqual([]);
  });
});

it('charges and their corrections are told apart in every kind of line', () => {
  const classes = rowsOf(EXPORTS['a statement with every kind of line']!).map(
    ({ ChargeCategory, ChargeClass, ChargeFrequency }) =>
      [ChargeCategory, ChargeClass, ChargeFrequency].join(' '),
  );
  expect([...new Set(classes)].sort()).toEqual([
    'Adjustment  Recurring',
    'Adjustment Correction One-Time',
    'Purchase  Recurring',
    'Usage  Usage-Based',
  ]);
});
