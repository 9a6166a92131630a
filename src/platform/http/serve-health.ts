import { createServer, type Server } from 'node:http';
import type { ReadinessRegistry } from '../telemetry/index.js';
import { SECURITY_HEADERS } from './security-headers.js';

/** A process without an API that still answers `/health/live` and `/health/ready`. */
export interface HealthServer {
  close(): Promise<void>;
}

export async function serveHealth(
  readiness: ReadinessRegistry,
  { host, port }: { host: string; port: number },
): Promise<HealthServer> {
  const server: Server = createServer((request, response) => {
    void answer(readiness, request.url).then((status) => {
      response.writeHead(status, { ...SECURITY_HEADERS, 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ status: status === 200 ? 'ok' : 'failed' }));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(readiness: ReadinessRegistry, url: string | undefined): Promise<number> {
  if (url === '/health/live') return 200;
  if (url !== '/health/ready') return 404;
  const results = await readiness.check();
  return results.every((result) => !('error' in result)) ? 200 : 503;
}
