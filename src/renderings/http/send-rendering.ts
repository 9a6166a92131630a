import type { FastifyReply, FastifyRequest } from 'fastify';
import { noneMatch } from '../../platform/http/index.js';
import type { RenderingStore, StoredRendering } from '../rendering-store.js';
import { contentDisposition } from '../rules/file-name.js';

/** Sends stored bytes with a strong ETag and their digest (RFC 9530), or that they are what the client has. */
export async function sendRendering(
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
  store: RenderingStore,
  { rendering, name, mediaType }: { rendering: StoredRendering; name: string; mediaType: string },
): Promise<void> {
  const etag = `"${rendering.sha256}"`;
  reply.header('Cache-Control', 'private, no-cache').header('ETag', etag);
  if (!noneMatch(request.headers['if-none-match'], etag)) {
    await reply.status(304).send();
    return;
  }
  await reply
    .header('Content-Type', mediaType)
    .header('Content-Length', rendering.size)
    .header('Content-Disposition', contentDisposition(name))
    .header('Repr-Digest', `sha-256=:${Buffer.from(rendering.sha256, 'hex').toString('base64')}:`)
    .send(store.read(rendering));
}
