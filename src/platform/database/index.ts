export { Database, StreamDatabase } from './database.js';
export { DatabaseModule } from './database.module.js';
export { unconnectedDatabases } from './unconnected.js';
export type { Queryable, Transaction } from './database.js';
export { connectDatabase, connectStreams, SERVICE_ROLE } from './connect.js';
export { copyBinary, copyText } from './copy-in.js';
export { keepTenant, NOBODY, OPERATOR, type Tenant } from './tenant.js';
export { migrate, pendingMigrations } from './migrate.js';
