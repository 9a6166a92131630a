import { DataSource } from 'typeorm';
import { Database } from './database.js';

/** A database that nobody connects, for a look at the app's routes alone. */
export function unconnectedDatabase(): Database {
  return new Database(new DataSource({ type: 'postgres' }));
}
