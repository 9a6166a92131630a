import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/index.js';
import { RenderingStore } from './rendering-store.js';
import { listRenderings, type ListedRendering } from './sql/list-renderings.js';

const RENDERINGS_A_PAGE = 100;

/** Checks stored renderings: that their bytes are those that were hashed when they were made. */
@Injectable()
export class RenderingIntegrityService {
  constructor(
    private readonly database: Database,
    private readonly store: RenderingStore,
  ) {}

  /** Reads all of an agreement's renderings and names the first one that is not what it was. */
  async verify(agreementId: string): Promise<{ renderings: number; problem: string | null }> {
    return this.database.snapshot(async (tx) => {
      let renderings = 0;
      for (let after: string | null = null; ;) {
        const page: ListedRendering[] = await listRenderings(tx, agreementId, after, RENDERINGS_A_PAGE);
        for (const rendering of page) {
          if (!(await this.isIntact(rendering))) {
            const problem = `statement ${rendering.statement}: its stored ${rendering.kind} is not what was made of it`;
            return { renderings, problem };
          }
          renderings += 1;
        }
        if (page.length < RENDERINGS_A_PAGE) return { renderings, problem: null };
        after = page.at(-1)!.id;
      }
    });
  }

  private async isIntact(rendering: ListedRendering): Promise<boolean> {
    const hash = createHash('sha256');
    let size = 0;
    for await (const part of this.store.read(rendering) as AsyncIterable<Buffer>) {
      hash.update(part);
      size += part.length;
    }
    return size === rendering.size && hash.digest('hex') === rendering.sha256;
  }
}
