import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Metrics } from '../telemetry/index.js';

/** Routes whose every call is not worth a line: probes call them all the time. */
const QUIET_ROUTES = new Set(['/health/live', '/health/ready', '/metrics']);

/**
 * Logs and times every request. The route's pattern stands for the path, and the query is left out:
 * it may name a customer.
 */
export function observeRequests(app: FastifyInstance, logger: Logger, metrics: Metrics): void {
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
    const duration_ms = Math.round(reply.elapsedTime * 1000) / 1000;
    const { method } = request;
    const status = reply.statusCode;
    metrics.httpDuration.observe({ method, route, status: String(status) }, duration_ms / 1000);
    const level = QUIET_ROUTES.has(route) ? 'debug' : 'info';
    logger[level](
      { request_id: request.id, caller: request.callerKey, method, route, status, duration_ms },
      'request',
    );
    done();
  });
  app.addHook('onRequestAbort', (request, done) => {
    logger.info(
      { request_id: request.id, method: request.method, route: request.routeOptions.url },
      'request aborted',
    );
    done();
  });
}
