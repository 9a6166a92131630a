import { createRequire } from 'node:module';
import { join } from 'node:path';

/** What teardown has to end; Jest runs both in the same process. */
declare global {
  var peerledgerTestServer: { stop(): Promise<void> } | undefined;
}

// Jest loads this file as CommonJS and maps no ".js" to ".ts" for it, so it names its neighbour itself.
const require = createRequire(import.meta.url);
const { compileProject } = require('./compile.ts') as typeof import('./compile.js');

/**
 * Compiles the project for child processes, and starts the server with the template database. When the
 * database fails, the tests that need it fail with the reason, and all others run.
 */
export default async function globalSetup(): Promise<void> {
  const build = await compileProject();
  try {
    const { startTestServer } = (await import(
      join(build, 'test/support/test-server.js')
    )) as typeof import('./test-server.js');
    const server = await startTestServer(process.env['TEST_DATABASE_URL']);
    globalThis.peerledgerTestServer = server;
    process.env['PEERLEDGER_TEST_SERVER_URL'] = server.url;
    process.env['PEERLEDGER_TEST_TEMPLATE'] = server.template;
    delete process.env['PEERLEDGER_TEST_DATABASE_ERROR'];
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.env['PEERLEDGER_TEST_DATABASE_ERROR'] = reason;
    console.error(`The test database could not be prepared: ${reason}`);
  }
}
