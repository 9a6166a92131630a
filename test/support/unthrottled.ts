/** Limits that no test runs into by accident; one that is about them sets its own. */
export const UNTHROTTLED = {
  RATE_LIMIT_PER_KEY: '1000000000',
  RATE_LIMIT_PER_PROVIDER: '1000000000',
  RATE_LIMIT_PER_ADDRESS: '1000000000',
};
