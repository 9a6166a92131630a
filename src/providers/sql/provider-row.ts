/** A provider as the database has it. */
export interface ProviderRow {
  id: string;
  code: string;
  name: string;
  /** `bigint[]`, hence text. */
  asns: string[];
  billing_currency: string;
  created_at: Date;
}
