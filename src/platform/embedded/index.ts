export { EmbeddedPostgresError, type EmbeddedPostgresErrorCode } from './errors.js';
export type { ServerExit } from './server-process.js';
export {
  startEmbeddedPostgres,
  stopOrphanedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from './supervisor.js';
