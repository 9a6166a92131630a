import currencyCodes from 'currency-codes';

/**
 * ISO 4217 lists these without minor units ("N.A."): metals, bond market and accounting units, test and none.
 * The package reports them with 0 decimals, like the yen, so they have to be named.
 */
const WITHOUT_MINOR_UNITS: ReadonlySet<string> = new Set(
  'XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX'.split(' '),
);

const EXPONENTS: ReadonlyMap<string, number> = new Map(
  currencyCodes.data
    .filter(({ code }) => !WITHOUT_MINOR_UNITS.has(code))
    .map(({ code, digits }) => [code, digits]),
);

/** Whether the code is an ISO 4217 currency that money can be kept in; upper case only. */
export function isCurrency(code: string): boolean {
  return EXPONENTS.has(code);
}

/** The decimals of the currency's minor unit: JPY 0, USD 2, BHD 3 (section 3). Throws RangeError if unknown. */
export function currencyExponent(code: string): number {
  const exponent = EXPONENTS.get(code);
  if (exponent === undefined) throw new RangeError(`Not a currency: ${JSON.stringify(code)}`);
  return exponent;
}
