/** A quota under its name in the headers. */
export interface Policy {
  name: string;
  limit: number;
  window_s: number;
}

/** What is left of a quota. */
export interface Left {
  name: string;
  remaining: number;
  resets_s: number;
}

/** `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10): a list of strings with parameters (RFC 9651). */
export function policyHeader(policies: readonly Policy[]): string {
  return policies.map(({ name, limit, window_s }) => `"${name}";q=${limit};w=${window_s}`).join(', ');
}

/** `RateLimit`, of the same draft: what is left of each, and after how many seconds all of it is there again. */
export function rateLimitHeader(left: readonly Left[]): string {
  return left.map(({ name, remaining, resets_s }) => `"${name}";r=${remaining};t=${resets_s}`).join(', ');
}
