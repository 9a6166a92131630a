import { DataSource } from 'typeorm';
import { Database, StreamDatabase } from './database.js';

/** The role the service acts as: it owns nothing, and holds only what migrations grant it. */
export const SERVICE_ROLE = 'peerledger_service';

export interface ConnectOptions {
  url: string;
  poolSize: number;
  /** Shown in `pg_stat_activity`, so that an operator can tell the processes apart. */
  applicationName: string;
}

/** Connects a pool whose sessions act as the service's role from their first statement on. */
export async function connectDatabase(options: ConnectOptions): Promise<Database> {
  return new Database(await connect(options));
}

/** Connects the pool for batches. */
export async function connectStreams(options: ConnectOptions): Promise<StreamDatabase> {
  return new StreamDatabase(await connect(options));
}

async function connect(options: ConnectOptions): Promise<DataSource> {
  const source = new DataSource({
    type: 'postgres',
    url: options.url,
    applicationName: options.applicationName,
    poolSize: options.poolSize,
    connectTimeoutMS: 10_000,
    extra: { options: `-c role=${SERVICE_ROLE} -c timezone=UTC` },
    entities: [],
    logging: false,
  });
  await source.initialize();
  return source;
}
