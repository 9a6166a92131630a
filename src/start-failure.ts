import { ConfigError, type Config } from './platform/config/index.js';
import { EmbeddedPostgresError } from './platform/embedded/index.js';
import { QueueUnreachableError } from './platform/queue/index.js';

/** Why the service did not start, in a sentence for the operator. */
export class StartError extends Error {}

/** The sentence for an error that a start ran into; one that nobody foresaw keeps its stack. */
export function explainStartFailure(error: unknown, config: Config): Error {
  if (isForOperator(error)) return error;
  if (error instanceof QueueUnreachableError) {
    const url = config.REDIS_URL ? `REDIS_URL (${withoutSecrets(config.REDIS_URL)})` : 'DATABASE_URL';
    return new StartError(`The queue of ${url} cannot be reached: ${error.message}.`);
  }
  const { code, syscall, message } = (error ?? {}) as { code?: string; syscall?: string; message?: string };
  if (code === 'EADDRINUSE') {
    return new StartError(
      `Port ${config.PORT} on ${config.HOST} is taken; stop what listens there, or set PORT.`,
    );
  }
  if (code === 'EACCES' && syscall === 'listen') {
    return new StartError(`This user may not listen on port ${config.PORT}; set PORT to one above 1023.`);
  }
  if (code === 'EADDRNOTAVAIL' || (syscall === 'getaddrinfo' && !config.DATABASE_URL)) {
    return new StartError(`This machine has no address ${config.HOST}; set HOST to one that it has.`);
  }
  if (config.DATABASE_URL && code === 'ERR_INVALID_URL') {
    return new StartError(
      'DATABASE_URL is not a valid URL; it must look like postgres://user:password@host:5432/database, ' +
        'with special characters percent-encoded.',
    );
  }
  if (config.DATABASE_URL && (isConnectionFailure(code) || /^SASL/.test(message ?? ''))) {
    return new StartError(
      `The database of DATABASE_URL (${withoutSecrets(config.DATABASE_URL)}) cannot be used: ${message || code}.`,
    );
  }
  return error instanceof Error ? error : new Error(String(error));
}

/** What to print of an error: a sentence where it has one, else all there is to find the fault by. */
export function explanationOf(error: unknown): string {
  if (isForOperator(error)) return error.message;
  return error instanceof Error ? String(error.stack) : String(error);
}

function isForOperator(error: unknown): error is Error {
  return (
    error instanceof ConfigError || error instanceof EmbeddedPostgresError || error instanceof StartError
  );
}

/** Sockets' errors, and PostgreSQL's classes 08 (connection), 28 (authorisation), 3D (no such database), 53, 57. */
function isConnectionFailure(code: string | undefined): boolean {
  return code !== undefined && /^(E[A-Z]+|08...|28...|3D...|42501|53...|57...)$/.test(code);
}

function withoutSecrets(url: string): string {
  if (!URL.canParse(url)) return 'no valid URL';
  const parsed = new URL(url);
  parsed.password = '';
  // pg takes a password here, too.
  parsed.search = '';
  return parsed.toString();
}
