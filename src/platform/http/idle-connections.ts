import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import type { FastifyInstance } from 'fastify';

/**
 * Ends connections without a request in flight when the app closes. Node's own `closeIdleConnections` leaves
 * those that have never sent one, and a single such connection would hold up a stop for ever.
 */
export function endIdleConnections(fastify: FastifyInstance): void {
  const server = fastify.server;
  const inFlight = new Map<Socket, number>();
  let closing = false;
  // With TLS the requests' sockets are those that come out of the handshake.
  const event = server instanceof TlsServer ? 'secureConnection' : 'connection';
  server.on(event, (socket: Socket) => {
    inFlight.set(socket, 0);
    socket.once('close', () => inFlight.delete(socket));
  });
  server.on('request', ({ socket }, response) => {
    inFlight.set(socket, (inFlight.get(socket) ?? 0) + 1);
    response.once('close', () => {
      const left = (inFlight.get(socket) ?? 1) - 1;
      if (inFlight.has(socket)) inFlight.set(socket, left);
      if (closing && left === 0) socket.end();
    });
  });
  fastify.addHook('preClose', (done) => {
    closing = true;
    for (const [socket, requests] of inFlight) if (requests === 0) socket.destroy();
    done();
  });
}
