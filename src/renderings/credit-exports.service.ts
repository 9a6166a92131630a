import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/index.js';
import { keepTenant } from '../platform/database/index.js';
import { StatementsService, type CreditView, type Statement } from '../settlement/index.js';
import type { Provider } from '../providers/index.js';
import { CREDITS_AT_ONCE_MAX } from './formats/formats.js';
import { RenderingStore, type StoredRendering } from './rendering-store.js';
import { creditsCsv } from './rules/credit-texts.js';
import { fileName } from './rules/file-name.js';
import { focusCredits } from './rules/focus-credits.js';

/** A download: stored, so that its hash is known, or too long for that and read while it is sent. */
export type CreditExport = { name: string } & ({ rendering: StoredRendering } | { content: Readable });

/** One page of credits as text, the first with a header. */
type RenderPage = (page: CreditView[], header: boolean) => string;

/** A provider's own credits for its billing system, in memory that does not grow with their number. */
@Injectable()
export class CreditExportsService {
  constructor(
    private readonly statements: StatementsService,
    private readonly store: RenderingStore,
  ) {}

  /** The caller's own credits as CSV. */
  async csv(caller: Caller, statementId: string): Promise<CreditExport> {
    const { statement, provider } = await this.statements.ofProvider(caller, statementId);
    return this.obtain(statement, provider, { kind: 'creditsCsv', extension: 'csv', render: creditsCsv });
  }

  /** The caller's own credits as FOCUS 1.2 charges of its customers. */
  async focus(caller: Caller, statementId: string): Promise<CreditExport> {
    const { statement, provider } = await this.statements.ofProvider(caller, statementId);
    const issued = JSON.parse(statement.document) as object;
    const model = { statement: { ...issued, sha256: statement.sha256 } } as Parameters<
      typeof focusCredits
    >[1];
    const render: RenderPage = (page, header) => focusCredits(page, model, provider, header);
    return this.obtain(statement, provider, { kind: 'creditsFocus', extension: 'focus.csv', render });
  }

  /** Credits never change, so a short list is stored when it is first asked for. */
  private async obtain(
    statement: Statement,
    provider: Provider,
    { kind, extension, render }: { kind: string; extension: string; render: RenderPage },
  ): Promise<CreditExport> {
    const { number } = JSON.parse(statement.document) as { number: string };
    const name = fileName([number, 'credits', provider.code], extension);
    const { agreementId, id: statementId } = statement;
    const key = { agreementId, statementId, kind, providerId: provider.id };
    const stored = await this.store.find(key);
    if (stored) return { name, rendering: stored };
    const { count } = await this.statements.creditTotals(statement, provider.id);
    // One page waits to be sent at most: a slow reader must not fill the memory.
    const pages = this.statements.creditPages(statement, provider);
    const texts = Readable.from(keepTenant(textOf(pages, render)), { highWaterMark: 1 });
    if (count > CREDITS_AT_ONCE_MAX) return { name, content: texts };
    return { name, rendering: await this.store.keep(key, bytesOf(texts)) };
  }
}

async function* textOf(pages: AsyncIterable<CreditView[]>, render: RenderPage): AsyncGenerator<string> {
  let isFirst = true;
  for await (const page of pages) {
    yield render(page, isFirst);
    isFirst = false;
  }
}

async function* bytesOf(texts: Readable): AsyncGenerator<Uint8Array> {
  for await (const text of texts) yield Buffer.from(text as string);
}
