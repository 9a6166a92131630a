import 'reflect-metadata';
import { createPrivateKey } from 'node:crypto';
import { isIP } from 'node:net';
import { plainToInstance, Transform } from 'class-transformer';
import {
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  MinLength,
  ValidateBy,
  validateSync,
} from 'class-validator';

const KIBI = 1024;
const MEBI = 1024 * KIBI;
const GIBI = 1024 * MEBI;

/** A decimal integer in the environment; anything else stays text and fails `IsInt`. */
function WholeNumber(): PropertyDecorator {
  return Transform(({ value }) =>
    typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : (value as unknown),
  );
}

function AtLeast(minimum: number, maximum: number): PropertyDecorator {
  const message = `must be a whole number from ${minimum} to ${maximum}`;
  return (target, key) => {
    WholeNumber()(target, key);
    IsInt({ message })(target, key);
    Min(minimum, { message })(target, key);
    Max(maximum, { message })(target, key);
  };
}

/** Several values with commas between; `listOf` takes them apart. */
function ListOf(test: (item: string) => boolean, message: string): PropertyDecorator {
  const validate = (value: unknown): boolean => typeof value === 'string' && listOf(value).every(test);
  return ValidateBy({ name: 'list', validator: { validate } }, { message });
}

/** TLS, or this machine alone, where development has none. */
const SECURE_URL = /^(https:\/\/|http:\/\/(localhost|127\.0\.0\.1|\[::1\])[:/])\S+$/;
const SECURE = {
  name: 'secure',
  validator: { validate: (value: unknown): boolean => typeof value === 'string' && isSecureUrl(value) },
};

/** Whether an address is one that nobody on the way can read along or change. */
export function isSecureUrl(text: string): boolean {
  return SECURE_URL.test(text) && URL.canParse(text);
}

/** The service's whole configuration. Every name is an environment variable; `.env.example` lists all. */
export class Config {
  @IsString()
  @MinLength(1, { message: 'must name an address to listen on, such as 127.0.0.1 or 0.0.0.0' })
  HOST = '127.0.0.1';

  @AtLeast(0, 65_535)
  PORT = 3000;

  @IsString()
  @MinLength(1, { message: 'must name a folder' })
  DATA_DIR = '.data';

  /** PEM files of the certificate, with its chain, and of its private key: with both the API speaks TLS itself. */
  @IsOptional()
  @IsString()
  TLS_CERT_FILE?: string;

  @IsOptional()
  @IsString()
  TLS_KEY_FILE?: string;

  /** Proxies whose X-Forwarded-For, -Proto and -Host are believed; without any, nobody's are. */
  @IsOptional()
  @ListOf(isAddressOrNetwork, 'must list addresses or networks, such as 10.0.0.0/8,::1, with commas between')
  TRUSTED_PROXIES?: string;

  /** Origins whose pages may use the API, with keys or tokens of their own; without any, no other site's may. */
  @IsOptional()
  @ListOf(isOrigin, 'must list origins, such as https://console.example.com, with commas between')
  CORS_ORIGINS?: string;

  /** Without it the service runs its own PostgreSQL under DATA_DIR. */
  @IsOptional()
  @Matches(/^postgres(ql)?:\/\/\S+$/, {
    message: 'must look like postgres://user:password@host:5432/database',
  })
  DATABASE_URL?: string;

  @AtLeast(2, 200)
  DATABASE_POOL_SIZE = 10;

  /** Without it the queue lives in PostgreSQL. */
  @IsOptional()
  @Matches(/^rediss?:\/\/\S+$/, { message: 'must look like redis://host:6379' })
  REDIS_URL?: string;

  @IsOptional()
  @Matches(/^plk_live_[0-9A-Za-z]{32,64}_[0-9A-Za-z]{6}$/, {
    message: 'must be a key of the form plk_live_<random>_<checksum>; `npm run new-key` makes one',
  })
  OPERATOR_API_KEY?: string;

  /** Who issues OAuth 2.0 access tokens, as their `iss` says; without it, none are taken. */
  @IsOptional()
  @ValidateBy(SECURE, { message: 'must look like https://login.example.com/' })
  OAUTH_ISSUER?: string;

  /** What a token's `aud` has to name. */
  @IsOptional()
  @IsString()
  OAUTH_AUDIENCE?: string;

  /** Where the issuer publishes its public keys (RFC 7517); without it, its metadata say where. */
  @IsOptional()
  @ValidateBy(SECURE, { message: 'must look like https://login.example.com/jwks.json' })
  OAUTH_JWKS_URL?: string;

  /** The claim of a token that holds its provider's code. */
  @IsString()
  OAUTH_PROVIDER_CLAIM = 'provider';

  /** By how much the issuer's clock may differ from ours. */
  @AtLeast(0, 300)
  OAUTH_CLOCK_SKEW_S = 30;

  /** How soon after reading the issuer's keys a token with an unknown one makes us read them again. */
  @AtLeast(1, 3600)
  OAUTH_JWKS_COOLDOWN_S = 30;

  /** How long a session lasts at most, and how long unused. */
  @AtLeast(1, 2_678_400)
  SESSION_LIFE_S = 43_200;

  @AtLeast(1, 2_678_400)
  SESSION_IDLE_S = 1_800;

  /** Whether its cookie is for TLS only; `no` is for plain HTTP in development. */
  @IsIn(['yes', 'no'], { message: 'must be yes or no' })
  SESSION_COOKIE_SECURE: 'yes' | 'no' = 'yes';

  /** How many requests are answered in each window, of one key, of one provider, and of an address without a key. */
  @AtLeast(1, 86_400)
  RATE_LIMIT_WINDOW_S = 60;

  @AtLeast(1, 1_000_000_000)
  RATE_LIMIT_PER_KEY = 6_000;

  @AtLeast(1, 1_000_000_000)
  RATE_LIMIT_PER_PROVIDER = 12_000;

  @AtLeast(1, 1_000_000_000)
  RATE_LIMIT_PER_ADDRESS = 600;

  /** Ed25519 private key (PKCS#8 PEM) that signs receipts; without it one is made and kept in the database. */
  @IsOptional()
  @ValidateBy(
    { name: 'ed25519', validator: { validate: isEd25519Key } },
    { message: 'must be an Ed25519 private key in PEM, such as `openssl genpkey -algorithm ed25519` makes' },
  )
  SIGNING_KEY?: string;

  /**
   * Seals the keys of customers' pseudonyms; without it no provider can switch them on. With several, the first one
   * seals, and the others open what was sealed with them before.
   */
  @IsOptional()
  @Matches(/^[0-9a-f]{64}(\s*,\s*[0-9a-f]{64})*$/, {
    message:
      'must be 64 hexadecimal digits, such as `openssl rand -hex 32` makes, or several such with commas between',
  })
  CUSTOMER_KEY_SECRET?: string;

  @IsIn(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
    message: 'must be trace, debug, info, warn, error, fatal or silent',
  })
  LOG_LEVEL = 'info';

  @AtLeast(1, 1000)
  WORKER_CONCURRENCY = 4;

  /** Where a worker that runs apart answers /health/live and /health/ready; 0 for nowhere. */
  @AtLeast(0, 65_535)
  WORKER_HEALTH_PORT = 0;

  /** How often the scheduler looks for periods whose cut-off has passed. */
  @AtLeast(1, 86_400)
  SCHEDULE_INTERVAL_S = 60;

  /** Whether a worker makes a statement's renderings after its issue; else each is made when it is asked for. */
  @IsIn(['yes', 'no'], { message: 'must be yes or no' })
  RENDER_AHEAD: 'yes' | 'no' = 'yes';

  /** How often books, statements and ledger heads are checked from their stored bytes. */
  @AtLeast(60, 2_678_400)
  INTEGRITY_INTERVAL_S = 86_400;

  /** How long a job may go without a sign of life before another worker takes it. */
  @AtLeast(1_000, 600_000)
  JOB_LOCK_MS = 10_000;

  /** How long a stop waits for requests and jobs in flight. */
  @AtLeast(1, 600)
  SHUTDOWN_TIMEOUT_S = 25;

  @AtLeast(KIBI, 64 * MEBI)
  JSON_BATCH_MAX_BYTES = 8 * MEBI;

  @AtLeast(1, 1_000_000)
  JSON_BATCH_MAX_RECORDS = 10_000;

  @AtLeast(KIBI, 64 * GIBI)
  STREAM_MAX_BYTES = GIBI;

  @AtLeast(1, 100_000_000)
  STREAM_MAX_RECORDS = 1_000_000;

  @AtLeast(256, 16 * MEBI)
  RECORD_MAX_BYTES = 64 * KIBI;

  /** How many batches may be written at once; each holds a connection of its own. */
  @AtLeast(1, 100)
  STREAM_CONCURRENCY = 4;

  /** How many of them may be one reporter's. */
  @AtLeast(1, 100)
  STREAM_CONCURRENCY_PER_REPORTER = 2;

  /** How many batches may have begun, those that wait for their turn included; in all and of one reporter. */
  @AtLeast(1, 100_000)
  STREAM_OPEN_MAX = 1_000;

  @AtLeast(1, 100_000)
  STREAM_OPEN_MAX_PER_REPORTER = 100;

  /** A client that sends less on average, while it is waited for, is cut off after some seconds. */
  @AtLeast(1, GIBI)
  STREAM_MIN_BYTES_PER_S = 16 * KIBI;

  @AtLeast(1, 86_400)
  STREAM_TIMEOUT_S = 600;
}

const WITHOUT_DEFAULT = [
  'TLS_CERT_FILE',
  'TLS_KEY_FILE',
  'TRUSTED_PROXIES',
  'CORS_ORIGINS',
  'DATABASE_URL',
  'REDIS_URL',
  'OPERATOR_API_KEY',
  'OAUTH_ISSUER',
  'OAUTH_AUDIENCE',
  'OAUTH_JWKS_URL',
  'SIGNING_KEY',
  'CUSTOMER_KEY_SECRET',
] as const;

/** Variables that mean something together only. */
const TOGETHER = [
  ['TLS_CERT_FILE', 'TLS_KEY_FILE'],
  ['OAUTH_ISSUER', 'OAUTH_AUDIENCE'],
] as const;

/** The values of a variable that may have several. */
export function listOf(value: string | undefined): string[] {
  return (value ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** Says everything that is wrong with the environment, in one message. */
export class ConfigError extends Error {}

/**
 * Reads the configuration from environment variables; an empty one counts as absent.
 * Throws {@link ConfigError} that names every mistake.
 */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const known = [...Object.keys(new Config()), ...WITHOUT_DEFAULT];
  const given = known.flatMap((name) => (environment[name] ? [[name, environment[name]] as const] : []));
  const config = plainToInstance(Config, Object.fromEntries(given), { exposeDefaultValues: true });
  const mistakes = validateSync(config).map(
    (error) =>
      `  ${error.property} ${Object.values(error.constraints ?? {})[0]}${shown(error.property, error.value)}`,
  );
  mistakes.push(...incomplete(config));
  if (mistakes.length > 0) {
    throw new ConfigError(`The environment has ${mistakes.length} mistake(s):\n${mistakes.join('\n')}`);
  }
  return config;
}

function incomplete(config: Config): string[] {
  if (config.OAUTH_JWKS_URL !== undefined && config.OAUTH_ISSUER === undefined) {
    return ['  OAUTH_ISSUER and OAUTH_AUDIENCE must be set too, where OAUTH_JWKS_URL is'];
  }
  return TOGETHER.flatMap((names) => {
    const missing = names.filter((name) => config[name] === undefined);
    if (missing.length === 0 || missing.length === names.length) return [];
    return [`  ${missing.join(' and ')} must be set too, since ${names.join(', ')} belong together`];
  });
}

function isAddressOrNetwork(text: string): boolean {
  const [address = '', length, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= (family === 4 ? 32 : 128));
}

function isOrigin(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

function isEd25519Key(pem: unknown): boolean {
  try {
    return typeof pem === 'string' && createPrivateKey(pem).asymmetricKeyType === 'ed25519';
  } catch {
    return false;
  }
}

/** The offending value, except where it may hold a secret. */
function shown(name: string, value: unknown): string {
  return /URL|KEY/.test(name) ? '' : `, but is ${JSON.stringify(value)}`;
}
