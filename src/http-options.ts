import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { listOf, type Config } from './platform/config/index.js';
import type { HttpAppOptions, TlsFiles } from './platform/http/index.js';
import { StartError } from './start-failure.js';

/** How the API is served, as the configuration has it. Throws {@link StartError} where a file of TLS is no use. */
export function httpOptions(config: Config): Omit<HttpAppOptions, 'logger'> {
  return {
    limits: { batch_bytes: config.JSON_BATCH_MAX_BYTES, stream_bytes: config.STREAM_MAX_BYTES },
    requestTimeout_ms: (config.STREAM_TIMEOUT_S + 60) * 1000,
    trustedProxies: listOf(config.TRUSTED_PROXIES),
    origins: listOf(config.CORS_ORIGINS),
    ...(config.TLS_CERT_FILE !== undefined && { tls: readTls(config) }),
  };
}

/** The configured certificate and key. Throws {@link StartError} where they are none, or not of each other. */
export function readTls(config: Config): TlsFiles {
  const tls = { cert: read(config, 'TLS_CERT_FILE'), key: read(config, 'TLS_KEY_FILE') };
  try {
    createSecureContext(tls);
  } catch (error) {
    throw new StartError(
      `TLS_CERT_FILE and TLS_KEY_FILE are no certificate and its key in PEM: ${(error as Error).message}.`,
    );
  }
  return tls;
}

function read(config: Config, name: 'TLS_CERT_FILE' | 'TLS_KEY_FILE'): Buffer {
  try {
    return readFileSync(config[name]!);
  } catch (error) {
    throw new StartError(`The file of ${name} cannot be read: ${(error as Error).message}.`);
  }
}
