/** Why a party disputes (domain contract, section 10). */
export const DISPUTE_REASONS = [
  'rate',
  'reference_data',
  'volume',
  'time_zone',
  'period_boundary',
  'missing_declaration',
  'double_counting',
  'commitment',
] as const;

export type DisputeReason = (typeof DISPUTE_REASONS)[number];
