import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/index.js';
import { keepTenant } from '../platform/database/index.js';
import { StatementsService, type CreditView } from '../settlement/index.js';
import { creditsCsv } from './rules/credit-texts.js';
import { fileName } from './rules/file-name.js';
import { focusCredits } from './rules/focus-credits.js';

/** A download that is read while it is sent. */
export interface CreditExport {
  name: string;
  content: Readable;
}

/** A provider's own credits for its billing system, in memory that does not grow with their number. */
@Injectable()
export class CreditExportsService {
  constructor(private readonly statements: StatementsService) {}

  /** The caller's own credits as CSV. */
  async csv(caller: Caller, statementId: string): Promise<CreditExport> {
    const { statement, provider } = await this.statements.ofProvider(caller, statementId);
    const pages = this.statements.creditPages(statement, provider);
    const { number } = JSON.parse(statement.document) as { number: string };
    return {
      name: fileName([number, 'credits', provider.code], 'csv'),
      content: streamOf(pages, creditsCsv),
    };
  }

  /** The caller's own credits as FOCUS 1.2 charges of its customers. */
  async focus(caller: Caller, statementId: string): Promise<CreditExport> {
    const { statement, provider } = await this.statements.ofProvider(caller, statementId);
    const pages = this.statements.creditPages(statement, provider);
    const issued = JSON.parse(statement.document) as { number: string };
    const model = { statement: { ...issued, sha256: statement.sha256 } } as Parameters<
      typeof focusCredits
    >[1];
    return {
      name: fileName([issued.number, 'credits', provider.code], 'focus.csv'),
      content: streamOf(pages, (page, header) => focusCredits(page, model, provider, header)),
    };
  }
}

/** One page waits to be sent at most: a slow reader must not fill the memory. */
function streamOf(...source: Parameters<typeof textOf>): Readable {
  return Readable.from(keepTenant(textOf(...source)), { highWaterMark: 1 });
}

async function* textOf(
  pages: AsyncIterable<CreditView[]>,
  render: (page: CreditView[], header: boolean) => string,
): AsyncGenerator<string> {
  let isFirst = true;
  for await (const page of pages) {
    yield render(page, isFirst);
    isFirst = false;
  }
}
