import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { readTls } from './http-options.js';
import type { Config } from './platform/config/index.js';
import { renewTls, type TlsFiles } from './platform/http/index.js';
import { explanationOf } from './start-failure.js';

/**
 * How often the files are compared with what is in use. They are read, not watched: a file may be replaced by way of
 * a link that changes, of which its own folder hears nothing.
 */
const LOOK_INTERVAL_MS = 5_000;

/**
 * Lets a running API take a renewed certificate and key, at SIGHUP at once, else within seconds of their change.
 * Connections that are open keep what they began with. Files that are no use are logged, once each, and what was
 * there before stays in use. Gives what ends it.
 */
export function followCertificate(
  app: NestFastifyApplication,
  config: Config,
  inUse: TlsFiles,
  logger: Logger,
): () => void {
  let current = inUse;
  let refused = '';
  const look = (): void => {
    try {
      const found = readTls(config);
      refused = '';
      if (found.cert.equals(current.cert) && found.key.equals(current.key)) return;
      renewTls(app, found);
      current = found;
      logger.info('the certificate was renewed');
    } catch (error) {
      const reason = explanationOf(error);
      if (reason !== refused) logger.error({ reason }, 'the new certificate is no use; the one before stays');
      refused = reason;
    }
  };
  const asked = (): void => {
    refused = '';
    look();
  };
  process.on('SIGHUP', asked);
  const timer = setInterval(look, LOOK_INTERVAL_MS).unref();
  return () => {
    clearInterval(timer);
    process.off('SIGHUP', asked);
  };
}
