import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Database, keepTenant, type Transaction } from '../platform/database/index.js';
import { newId } from '../platform/ids/index.js';
import { findRendering, type RenderingKey, type StoredRendering } from './sql/find-rendering.js';
import { insertPart } from './sql/insert-part.js';
import { insertRendering } from './sql/insert-rendering.js';
import { readPart } from './sql/read-part.js';

export type { RenderingKey, StoredRendering };

/** Bytes of a rendering, whole or as they come. */
export type Content = Uint8Array | AsyncIterable<Uint8Array>;

const PART_MAX_BYTES = 1_048_576;

/** Says that a rendering of the kind was stored meanwhile: what this one wrote is to be taken back. */
class StoredMeanwhile extends Error {}

/** Keeps renderings as they were first made, byte for byte, in parts. */
@Injectable()
export class RenderingStore {
  constructor(private readonly database: Database) {}

  async find(key: RenderingKey): Promise<StoredRendering | null> {
    return (await findRendering(this.database, key)) ?? null;
  }

  /** Stores a rendering in the transaction of its statement's issue, where nobody else stores one. */
  async keepAtIssue(tx: Transaction, key: RenderingKey, content: Uint8Array): Promise<void> {
    await store(tx, key, content);
  }

  /** Stores a rendering, unless there is one of the kind by then: the first one stays, and is given. */
  async keep(key: RenderingKey, content: Content): Promise<StoredRendering> {
    try {
      return await this.database.transaction((tx) => store(tx, key, content));
    } catch (error) {
      const first = error instanceof StoredMeanwhile ? await this.find(key) : null;
      if (!first) throw error;
      return first;
    }
  }

  /** The stored bytes, read as they are sent. */
  read(rendering: StoredRendering): Readable {
    const parts = async function* (this: RenderingStore): AsyncGenerator<Buffer> {
      for (let part = 1; ; part += 1) {
        const content = await readPart(this.database, rendering, part);
        if (!content) return;
        yield content;
      }
    };
    return Readable.from(keepTenant(parts.call(this)), { highWaterMark: 1 });
  }

  /** All the stored bytes at once, of what is known to be small. */
  async readAll(rendering: StoredRendering): Promise<Buffer> {
    return Buffer.concat((await this.read(rendering).toArray()) as Buffer[]);
  }
}

async function store(tx: Transaction, key: RenderingKey, content: Content): Promise<StoredRendering> {
  const { agreementId, providerId } = key;
  const id = newId();
  const hash = createHash('sha256');
  let size = 0;
  let part = 0;
  for await (const piece of inParts(content)) {
    hash.update(piece);
    size += piece.length;
    await insertPart(tx, { agreementId, id, providerId }, (part += 1), piece);
  }
  const rendering = { id, sha256: hash.digest('hex'), size };
  if (!(await insertRendering(tx, key, rendering))) throw new StoredMeanwhile('stored meanwhile');
  return { agreementId, ...rendering };
}

/** The same bytes in pieces as large as a part may be, the last one smaller. */
async function* inParts(content: Content): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let bytes = 0;
  for await (const piece of content instanceof Uint8Array ? [content] : content) {
    waiting.push(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength));
    bytes += piece.length;
    if (bytes < PART_MAX_BYTES) continue;
    const whole = Buffer.concat(waiting);
    const cut = bytes - (bytes % PART_MAX_BYTES);
    for (let start = 0; start < cut; start += PART_MAX_BYTES) {
      yield whole.subarray(start, start + PART_MAX_BYTES);
    }
    waiting = [whole.subarray(cut)];
    bytes -= cut;
  }
  if (bytes > 0) yield Buffer.concat(waiting);
}
