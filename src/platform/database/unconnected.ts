import { DataSource } from 'typeorm';
import { Database, StreamDatabase } from './database.js';

/** Databases that nobody connects, for a look at the app's routes alone. */
export function unconnectedDatabases(): { database: Database; streams: StreamDatabase } {
  const source = new DataSource({ type: 'postgres' });
  return { database: new Database(source), streams: new StreamDatabase(source) };
}
