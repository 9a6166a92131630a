export { Database } from './database.js';
export { DatabaseModule } from './database.module.js';
export { unconnectedDatabase } from './unconnected.js';
export type { Queryable, Transaction } from './database.js';
export { connectDatabase, SERVICE_ROLE } from './connect.js';
export { migrate, pendingMigrations } from './migrate.js';
