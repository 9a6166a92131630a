import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
} from 'jose';

/** How long a fetch of the issuer's keys may take, and for how long after a failed one there is no other. */
const FETCH_TIMEOUT_MS = 2_000;
const FAILURE_COOLDOWN_MS = 5_000;

/** Keys that were taken away by the issuer are not believed longer than this. */
const MAX_AGE_MS = 600_000;

/** The issuer's keys could not be had; nothing is wrong with the token. */
export class IssuerUnavailableError extends Error {}

/**
 * The public keys of an issuer, read over HTTP and kept. All who wait for them share one fetch. A token with an
 * unknown `kid` has them read again once per cooldown at most, and a failure is remembered for some seconds: so
 * nobody can make the service ask the issuer as often as they like, nor wait for one that is slow.
 */
export function issuerKeys(url: string, cooldown_s: number): JWTVerifyGetKey {
  let failedAt_ms = -Infinity;
  const fetchOrFail = async (...[input, init]: Parameters<typeof fetch>): Promise<Response> => {
    if (performance.now() - failedAt_ms < FAILURE_COOLDOWN_MS) {
      throw new IssuerUnavailableError('the last attempt failed a moment ago');
    }
    try {
      const response = await fetch(input, init);
      if (response.status !== 200) throw new Error(`it answered ${response.status}`);
      // Read and looked at here, so that a body that never ends, or is no key set, counts as a failure too.
      const text = await response.text();
      createLocalJWKSet(JSON.parse(text) as JSONWebKeySet);
      return new Response(text);
    } catch (error) {
      failedAt_ms = performance.now();
      throw new IssuerUnavailableError(`its keys cannot be read: ${(error as Error).message}`, {
        cause: error,
      });
    }
  };
  return createRemoteJWKSet(new URL(url), {
    timeoutDuration: FETCH_TIMEOUT_MS,
    cooldownDuration: cooldown_s * 1000,
    cacheMaxAge: MAX_AGE_MS,
    [customFetch]: fetchOrFail,
  });
}
