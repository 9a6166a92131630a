import { CSV_MEDIA_TYPE } from '../../platform/csv/index.js';
import type { CreditView } from '../../settlement/index.js';
import type { Copy } from '../rules/copy.js';
import { creditsCsv } from '../rules/credit-texts.js';
import { renderFocus } from '../rules/focus-charges.js';
import { focusCredits } from '../rules/focus-credits.js';
import { renderJournalCsv, renderPlainJournal } from '../rules/journal.js';
import { renderCsv, renderJson } from '../rules/statement-texts.js';
import type { Content } from '../rendering-store.js';
import { renderPdfApart } from './pdf/render-apart.js';

/** Reads a party's own credits in pages, as often as it is called. */
export type ReadCredits = () => AsyncIterable<CreditView[]>;

export interface Format {
  /** Also the end of the download's name. */
  extension: string;
  mediaType: string;
  /** Who reads the same bytes: both parties, each party or the operator its own, or only a party. */
  audience: 'everyone' | 'viewer' | 'party';
  /** Parts of the download's name after the number, such as `credits`. */
  label?: string;
  /** There only once the statement is void. */
  onlyVoid?: true;
  /** What makes it take long. */
  grows?: 'lines' | 'credits';
  render(copy: Copy, credits: ReadCredits): Promise<Content> | Content;
}

/** More credits than these are a workbook of their own and not in the statement's. */
export const CREDITS_IN_COPY_MAX = 10_000;

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** A statement with more lines or credits than these is rendered by a worker, where the format takes long. */
export const LINES_AT_ONCE_MAX = 300;
export const CREDITS_AT_ONCE_MAX = 10_000;

/** Every rendering of a statement, by its kind. What needs a large library loads it when it is first used. */
export const FORMATS = {
  json: {
    extension: 'json',
    mediaType: 'application/json; charset=utf-8',
    audience: 'everyone',
    render: ({ model }) => renderJson(model),
  },
  csv: {
    extension: 'csv',
    mediaType: CSV_MEDIA_TYPE,
    audience: 'everyone',
    render: ({ model }) => renderCsv(model),
  },
  focus: {
    extension: 'focus.csv',
    mediaType: CSV_MEDIA_TYPE,
    audience: 'everyone',
    render: ({ model }) => renderFocus(model),
  },
  ubl: {
    extension: 'ubl.xml',
    mediaType: 'application/xml; charset=utf-8',
    audience: 'viewer',
    grows: 'lines',
    render: async (copy) => (await import('./ubl.js')).renderUbl(copy),
  },
  pdf: {
    extension: 'pdf',
    mediaType: 'application/pdf',
    audience: 'viewer',
    grows: 'lines',
    render: (copy) => renderPdfApart(copy),
  },
  xlsx: {
    extension: 'xlsx',
    mediaType: XLSX,
    audience: 'viewer',
    grows: 'lines',
    render: async (copy, credits) => {
      const { renderXlsx } = await import('./xlsx.js');
      const few = copy.viewer !== null && copy.viewer.credits.count <= CREDITS_IN_COPY_MAX;
      return renderXlsx(copy, few ? await allOf(credits()) : []);
    },
  },
  journal: {
    extension: 'journal',
    mediaType: 'text/plain; charset=utf-8',
    audience: 'party',
    render: (copy) => renderPlainJournal(copy.model, ...bookOf(copy)),
  },
  journalCsv: {
    extension: 'journal.csv',
    mediaType: CSV_MEDIA_TYPE,
    audience: 'party',
    render: (copy) => renderJournalCsv(copy.model, ...bookOf(copy)),
  },
  reversal: {
    extension: 'journal',
    mediaType: 'text/plain; charset=utf-8',
    audience: 'party',
    label: 'reversal',
    onlyVoid: true,
    render: (copy) => renderPlainJournal(copy.model, ...bookOf(copy), copy.voidedAt),
  },
  reversalCsv: {
    extension: 'journal.csv',
    mediaType: CSV_MEDIA_TYPE,
    audience: 'party',
    label: 'reversal',
    onlyVoid: true,
    render: (copy) => renderJournalCsv(copy.model, ...bookOf(copy), copy.voidedAt),
  },
  creditsCsv: {
    extension: 'csv',
    mediaType: CSV_MEDIA_TYPE,
    audience: 'party',
    label: 'credits',
    grows: 'credits',
    render: (_, credits) => texts(credits(), creditsCsv),
  },
  creditsFocus: {
    extension: 'focus.csv',
    mediaType: CSV_MEDIA_TYPE,
    audience: 'party',
    label: 'credits',
    grows: 'credits',
    render: ({ model, viewer }, credits) =>
      texts(credits(), (page, header) => focusCredits(page, model, model.parties[viewer!.side], header)),
  },
  creditsXlsx: {
    extension: 'xlsx',
    mediaType: XLSX,
    audience: 'party',
    label: 'credits',
    grows: 'credits',
    render: async (copy, credits) => {
      const { creditsWorkbook } = await import('./xlsx-credits.js');
      return creditsWorkbook(credits(), copy.viewer!.credits.currency);
    },
  },
} as const satisfies Record<string, Format>;

export type Kind = keyof typeof FORMATS;

export function formatOf(kind: Kind): Format {
  return FORMATS[kind];
}

/** Credits as text, made while they are read; the first page has the header. */
async function* texts(
  pages: AsyncIterable<CreditView[]>,
  render: (page: CreditView[], header: boolean) => string,
): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for await (const page of pages) {
    yield Buffer.from(render(page, isFirst));
    isFirst = false;
  }
}

async function allOf(pages: AsyncIterable<CreditView[]>): Promise<CreditView[]> {
  const all: CreditView[] = [];
  for await (const page of pages) all.push(...page);
  return all;
}

function bookOf({ model, viewer }: Copy): [string, NonNullable<Copy['viewer']>['credits']] {
  return [model.parties[viewer!.side].code, viewer!.credits];
}
