import * as zlib from 'node:zlib';
import type { Transform } from 'node:stream';
import { httpProblems } from '../problems.js';

/** Media types that are parsed as JSON. */
export const JSON_TYPES = ['application/json', 'application/cloudevents-batch+json'] as const;

/** Media types whose inflated stream is the body. */
export const STREAM_TYPES = ['application/x-ndjson', 'text/csv'] as const;

/** The media type in a Content-Type header, in lower case and without parameters. */
export function mediaTypeOf(header: string | undefined): string {
  return (header ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** Refuses a charset other than UTF-8; JSON, NDJSON and our CSV have no other. */
export function requireUtf8(header: string | undefined): void {
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)"?/i.exec(header ?? '')?.[1];
  if (charset === undefined || /^(utf-?8|us-ascii)$/i.test(charset)) return;
  throw httpProblems.unsupported_media_type('The charset of a body must be utf-8.');
}

/** A fresh inflating stream for a Content-Encoding, or null when the body is sent as it is. */
export function inflaterFor(header: string | undefined): Transform | null {
  const encoding = (header ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity' || encoding === '') return null;
  if (encoding === 'gzip' || encoding === 'x-gzip') return zlib.createGunzip();
  if (encoding === 'br') return zlib.createBrotliDecompress();
  if (encoding === 'zstd' && createZstdDecompress) return createZstdDecompress();
  const known = ['gzip', 'br', ...(createZstdDecompress ? ['zstd'] : []), 'identity'];
  throw httpProblems.unsupported_media_type(`Content-Encoding must be one of ${known.join(', ')}.`, {
    headers: { 'Accept-Encoding': known.join(', ') },
  });
}

/** Node.js 20 has no zstd, and its types do not know of it. */
const { createZstdDecompress } = zlib as { createZstdDecompress?: () => Transform };
