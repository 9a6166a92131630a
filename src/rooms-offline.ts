import { join } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { connectDatabase, migrate, type Database, type StreamDatabase } from './platform/database/index.js';
import { startEmbeddedPostgres } from './platform/embedded/index.js';
import type { JobQueue } from './platform/queue/index.js';
import { loadConfig } from './service.js';

/**
 * Runs a command's `work` with every room of the service, and without serving anything: on the database of
 * DATABASE_URL, else on the embedded one, whose server it starts and stops.
 */
export async function withRoomsOffline<T>(
  applicationName: string,
  work: (app: INestApplicationContext, database: Database) => Promise<T>,
): Promise<T> {
  const config = loadConfig();
  const server = config.DATABASE_URL
    ? null
    : await startEmbeddedPostgres({ dataDir: join(config.DATA_DIR, 'postgresql'), database: 'peerledger' });
  const url = config.DATABASE_URL ?? server!.url;
  if (server) await migrate(url);
  const database = await connectDatabase({ url, poolSize: 2, applicationName });
  try {
    // Nothing is queued or streamed; the rooms only want both to be there.
    const resources = { config, database, streams: {} as StreamDatabase, queue: {} as JobQueue };
    const app = await NestFactory.createApplicationContext(AppModule.forRoot(resources), {
      logger: false,
      abortOnError: false,
    });
    return await work(app, database);
  } finally {
    await database.close();
    await server?.stop();
  }
}
