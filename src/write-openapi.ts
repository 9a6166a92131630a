import { AppModule } from './app.module.js';
import { Config } from './platform/config/index.js';
import { unconnectedDatabases } from './platform/database/index.js';
import { writeOpenApi } from './platform/http/index.js';
import { JobQueue } from './platform/queue/index.js';

// The routes are all that is looked at: nothing is connected, and none of these is ever used.
const resources = { config: new Config(), ...unconnectedDatabases(), queue: {} as JobQueue };
process.exitCode = await writeOpenApi(
  AppModule.forRoot(resources),
  'openapi.yaml',
  process.argv.includes('--check'),
);
