import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
} from 'jose';
import { isSecureUrl } from '../platform/config/index.js';
import { metadataUrls } from './rules/issuer-metadata.js';

/** How long a fetch of the issuer's keys may take, and for how long after a failed one there is no other. */
const FETCH_TIMEOUT_MS = 2_000;
const FAILURE_COOLDOWN_MS = 5_000;

/** Keys that were taken away by the issuer are not believed longer than this. */
const MAX_AGE_MS = 600_000;

/** Nor is the address of its keys that its metadata gave, which changes less often. */
const ADDRESS_MAX_AGE_MS = 3_600_000;

/** Key sets and metadata have some KiB. */
const DOCUMENT_MAX_BYTES = 256 * 1024;

/** The issuer's keys could not be had; nothing is wrong with the token. */
export class IssuerUnavailableError extends Error {}

export interface IssuerSettings {
  /** As the tokens' `iss` says. */
  issuer: string;
  /** Where the key set is; without it the issuer's metadata say so. */
  jwksUrl?: string | undefined;
  cooldown_s: number;
}

type Options = Parameters<typeof fetch>[1];

/**
 * The public keys of an issuer, read over HTTP and kept. All who wait for them share one fetch. A token with an
 * unknown `kid` has them read again once per cooldown at most, and a failure is remembered for some seconds: so
 * nobody can make the service ask the issuer as often as they like, nor wait for one that is slow.
 */
export function issuerKeys({ issuer, jwksUrl, cooldown_s }: IssuerSettings): JWTVerifyGetKey {
  let failedAt_ms = -Infinity;
  let discovered: { url: string; at_ms: number } | null = null;
  const addressOf = async (options: Options): Promise<string> => {
    if (jwksUrl !== undefined) return jwksUrl;
    if (discovered && performance.now() - discovered.at_ms < ADDRESS_MAX_AGE_MS) return discovered.url;
    const url = await discoverKeys(issuer, options);
    discovered = { url, at_ms: performance.now() };
    return url;
  };
  const fetchOrFail = async (...[, options]: Parameters<typeof fetch>): Promise<Response> => {
    if (performance.now() - failedAt_ms < FAILURE_COOLDOWN_MS) {
      throw new IssuerUnavailableError('the last attempt failed a moment ago');
    }
    try {
      const response = await fetch(await addressOf(options), options);
      if (response.status !== 200) throw new Error(`it answered ${response.status}`);
      // Read and looked at here, so that a body that never ends, or is no key set, counts as a failure too.
      const text = await textOf(response);
      createLocalJWKSet(JSON.parse(text) as JSONWebKeySet);
      return new Response(text);
    } catch (error) {
      failedAt_ms = performance.now();
      // The keys may have moved.
      discovered = null;
      throw new IssuerUnavailableError(`its keys cannot be read: ${(error as Error).message}`, {
        cause: error,
      });
    }
  };
  return createRemoteJWKSet(new URL(jwksUrl ?? issuer), {
    timeoutDuration: FETCH_TIMEOUT_MS,
    cooldownDuration: cooldown_s * 1000,
    cacheMaxAge: MAX_AGE_MS,
    [customFetch]: fetchOrFail,
  });
}

/**
 * Where an issuer's metadata say that its keys are (OpenID Connect Discovery 1.0, or RFC 8414). They have to name the
 * very issuer (RFC 8414, 3.3). `options` bound the time of all that is asked, and follow no redirect.
 */
async function discoverKeys(issuer: string, options: Options): Promise<string> {
  let status = 0;
  for (const url of metadataUrls(issuer)) {
    const response = await fetch(url, options);
    ({ status } = response);
    if (status !== 200) {
      await response.body?.cancel();
      continue;
    }
    const metadata = JSON.parse(await textOf(response)) as { issuer?: unknown; jwks_uri?: unknown } | null;
    if (metadata?.issuer !== issuer) throw new Error('its metadata name another issuer');
    const { jwks_uri: address } = metadata;
    if (typeof address === 'string' && isSecureUrl(address)) return address;
    throw new Error('its metadata have no jwks_uri with https');
  }
  throw new Error(`its metadata were answered ${status}`);
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length_bytes = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    length_bytes += chunk.length;
    if (length_bytes > DOCUMENT_MAX_BYTES) throw new Error(`it sends more than ${DOCUMENT_MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
