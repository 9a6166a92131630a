/** Where a business is. */
export interface PostalAddress {
  street: string;
  additionalStreet: string | null;
  city: string;
  postalZone: string | null;
  countrySubentity: string | null;
  /** ISO 3166-1, two letters. */
  country: string;
}

/** What invoices and the like say of a business; whatever is not known is null. */
export interface BusinessDetails {
  /** In place of the provider's name. */
  legalName: string | null;
  address: PostalAddress | null;
  /** With the country's prefix, such as DE123456789. */
  vatId: string | null;
  /** In the register of companies. */
  registrationId: string | null;
  /** Where electronic documents are sent to: an identifier and its scheme of the EAS code list. */
  endpoint: { scheme: string; id: string } | null;
}

const REGIONS = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

/** Whether a text is the two-letter code of a country (ISO 3166-1), as far as CLDR knows them. */
export function isCountry(text: string): boolean {
  return /^[A-Z]{2}$/.test(text) && text !== 'ZZ' && REGIONS.of(text) !== undefined;
}
