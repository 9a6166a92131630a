import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { INestApplicationContext } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { AccessService, SessionsService } from './access/index.js';
import { AppModule, type Resources } from './app.module.js';
import { JobRunner } from './jobs/index.js';
import { Config, readConfig } from './platform/config/index.js';
import { connectDatabase, connectStreams, migrate, OPERATOR } from './platform/database/index.js';
import { startEmbeddedPostgres } from './platform/embedded/index.js';
import {
  createHttpApp,
  IdempotencyService,
  serveHealth,
  type HttpAppOptions,
} from './platform/http/index.js';
import { JobQueue } from './platform/queue/index.js';
import { createLogger, NestLogger, ReadinessRegistry } from './platform/telemetry/index.js';
import { followCertificate } from './certificate-renewal.js';
import { httpOptions } from './http-options.js';
import { StartError, explainStartFailure } from './start-failure.js';

/** How often idempotency keys and sessions that are past their time are removed. */
const EXPIRY_INTERVAL_MS = 3_600_000;

/** Which processes' work this one does. */
export interface Roles {
  api: boolean;
  worker: boolean;
}

/** A running service. */
export interface Service {
  /** Where the API listens; null for a worker alone. */
  url: string | null;
  /** The operator key, where this start made it: shown once and never again. */
  newOperatorKey: string | null;
  /** Finishes what is in flight and leaves nothing behind. */
  stop(): Promise<void>;
  /** Calls back when the service cannot go on, such as when its own database server died. */
  onBroken(callback: (reason: string) => void): void;
}

/** What has to be undone at the end, last first. */
class Cleanup {
  private readonly steps: (() => Promise<unknown>)[] = [];

  add(step: () => Promise<unknown>): void {
    this.steps.unshift(step);
  }

  /** Takes every step, also after one that failed; then throws what the first failure was. */
  async run(): Promise<void> {
    const failures: unknown[] = [];
    for (const step of this.steps.splice(0)) await step().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }
}

/** Reads the configuration from the environment and, where there is one, from `.env`. */
export function loadConfig(): Config {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return readConfig(process.env);
}

/**
 * Starts the service: its database, embedded unless one is configured, its queue, and the roles asked for.
 * What goes wrong is thrown as a {@link StartError} with a sentence for the operator, and nothing is left running.
 */
export async function startService(config: Config, roles: Roles, signal: AbortSignal): Promise<Service> {
  const cleanup = new Cleanup();
  try {
    return await assemble(config, roles, signal, cleanup);
  } catch (error) {
    await cleanup.run().catch(() => undefined);
    throw explainStartFailure(error, config);
  }
}

async function assemble(
  config: Config,
  roles: Roles,
  signal: AbortSignal,
  cleanup: Cleanup,
): Promise<Service> {
  const logger = createLogger({ level: config.LOG_LEVEL });
  // First, since a file that cannot be read is found out at once.
  const served = httpOptions(config);
  const broken: ((reason: string) => void)[] = [];
  const databaseUrl = await openDatabaseServer(config, roles, signal, cleanup, (reason) => {
    for (const callback of broken) callback(reason);
  });
  await migrate(databaseUrl);
  const applicationName = `peerledger ${Object.keys(roles)
    .filter((role) => roles[role as keyof Roles])
    .join('+')}`;
  const database = await connectDatabase({
    url: databaseUrl,
    poolSize: config.DATABASE_POOL_SIZE,
    applicationName,
  });
  cleanup.add(() => database.close());
  const streams = await connectStreams({
    url: databaseUrl,
    poolSize: config.STREAM_CONCURRENCY,
    applicationName: `${applicationName} streams`,
  });
  cleanup.add(() => streams.close());
  const queue = new JobQueue({
    databaseUrl,
    redisUrl: config.REDIS_URL,
    onError: (error) => logger.error({ err: error }, 'the queue reports an error'),
  });
  cleanup.add(() => queue.close());
  await queue.ping();
  const resources = { config, database, streams, queue };
  const app = roles.api
    ? await openApi(resources, { logger, ...served }, cleanup)
    : await openWorkerContext(resources, logger, cleanup);
  const url = roles.api ? await listen(app as NestFastifyApplication, config) : null;
  if (roles.api && served.tls) {
    const unfollow = followCertificate(app as NestFastifyApplication, config, served.tls, logger);
    cleanup.add(() => Promise.resolve(unfollow()));
  }
  // Last of what can fail: a key that was made and never shown would be lost.
  const { key, created } = await app
    .get(AccessService, { strict: false })
    .ensureOperatorKey(config.OPERATOR_API_KEY);
  if (roles.worker) startWorker(app, cleanup);
  return {
    url,
    newOperatorKey: created && !config.OPERATOR_API_KEY ? key : null,
    stop: () => cleanup.run(),
    onBroken: (callback) => broken.push(callback),
  };
}

/** The URL of the configured server, or of the embedded one, which is started. */
async function openDatabaseServer(
  config: Config,
  roles: Roles,
  signal: AbortSignal,
  cleanup: Cleanup,
  onBroken: (reason: string) => void,
): Promise<string> {
  if (config.DATABASE_URL) return config.DATABASE_URL;
  if (!(roles.api && roles.worker)) {
    throw new StartError(
      'API and worker run apart only on a database that both can reach: set DATABASE_URL, or use `npm start`.',
    );
  }
  const server = await startEmbeddedPostgres({
    dataDir: join(config.DATA_DIR, 'postgresql'),
    database: 'peerledger',
    signal,
  });
  let stopping = false;
  cleanup.add(() => {
    stopping = true;
    return server.stop();
  });
  server.onExit(() => {
    if (!stopping) onBroken('The embedded PostgreSQL ended by itself; its log is in the data directory.');
  });
  return server.url;
}

async function openApi(
  resources: Resources,
  options: HttpAppOptions,
  cleanup: Cleanup,
): Promise<NestFastifyApplication> {
  const app = await createHttpApp(AppModule.forRoot(resources), options);
  closeConnectionsWithAnswers(app, cleanup);
  app.get(ReadinessRegistry, { strict: false }).register('queue', () => resources.queue.ping());
  return app;
}

/** Without it a client that keeps its connection after its last answer would hold up the stop. */
function closeConnectionsWithAnswers(app: NestFastifyApplication, cleanup: Cleanup): void {
  let stopping = false;
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (stopping) reply.header('Connection', 'close');
    done(null, payload);
  });
  cleanup.add(() => {
    stopping = true;
    return app.close();
  });
}

async function listen(app: NestFastifyApplication, config: Config): Promise<string> {
  const { HOST, PORT } = config;
  await app.init();
  // Nest's own `listen` would log a taken port as an error with its stack, beside our sentence.
  await app.getHttpAdapter().getInstance().listen({ port: PORT, host: HOST });
  const { port } = app.getHttpServer().address() as { port: number };
  const host = HOST === '0.0.0.0' || HOST === '::' ? 'localhost' : HOST;
  const scheme = config.TLS_CERT_FILE ? 'https' : 'http';
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

async function openWorkerContext(
  resources: Resources,
  logger: Logger,
  cleanup: Cleanup,
): Promise<INestApplicationContext> {
  const app = await NestFactory.createApplicationContext(AppModule.forRoot(resources), {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  cleanup.add(() => app.close());
  const readiness = app.get(ReadinessRegistry, { strict: false });
  readiness.register('queue', () => resources.queue.ping());
  const { WORKER_HEALTH_PORT, HOST } = resources.config;
  if (WORKER_HEALTH_PORT > 0) {
    const server = await serveHealth(readiness, { host: HOST, port: WORKER_HEALTH_PORT });
    cleanup.add(() => server.close());
  }
  return app;
}

function startWorker(app: INestApplicationContext, cleanup: Cleanup): void {
  const runner = app.get(JobRunner, { strict: false });
  const idempotency = app.get(IdempotencyService, { strict: false });
  const sessions = app.get(SessionsService, { strict: false });
  runner.every(EXPIRY_INTERVAL_MS, OPERATOR, () => idempotency.deleteExpired());
  runner.every(EXPIRY_INTERVAL_MS, OPERATOR, () => sessions.deleteEnded());
  runner.start();
  cleanup.add(() => runner.stop());
}
