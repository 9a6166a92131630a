import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FORMATS, type Kind } from '../../../src/renderings/formats/formats.js';
import { creditsWorkbook } from '../../../src/renderings/formats/xlsx-credits.js';
import type { Copy } from '../../../src/renderings/rules/copy.js';
import type { CreditView } from '../../../src/settlement/index.js';
import { CREDITS, MODELS, ROWS } from './sample-statements.js';
import { workbookText } from './workbook-text.js';

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), 'golden');
/** To write the files anew after a change that is meant: look at the difference before it is committed. */
const REWRITES = process.env.REWRITE_GOLDEN === 'yes';

const TEXTS: Kind[] = ['json', 'csv', 'focus', 'ubl', 'journal', 'journalCsv'];

describe.each(Object.entries(MODELS))('the %s statement', (name, model) => {
  const copy: Copy = { model, viewer: { side: 'A', credits: CREDITS } };

  test.each(TEXTS)('is in %s what it was', async (kind) => {
    const content = (await FORMATS[kind].render(copy, () => none())) as Uint8Array;
    expectAsKept(`${name}.${FORMATS[kind].extension}`, Buffer.from(content).toString('utf8'));
  });

  test('is as a workbook what it was, cell by cell', async () => {
    const listed = { ...copy, viewer: { side: 'A' as const, credits: { ...CREDITS, count: ROWS.length } } };
    const content = (await FORMATS.xlsx.render(listed, () => pageOf(ROWS))) as Uint8Array;
    expectAsKept(`${name}.xlsx.txt`, workbookText(content));
  });

  test('has as a workbook of its credits what it had', async () => {
    const pieces = (await FORMATS.creditsXlsx.render(copy, () => pageOf(ROWS))) as AsyncIterable<Uint8Array>;
    expectAsKept(`${name}.credits.xlsx.txt`, workbookText(await whole(pieces)));
  });
});

test('credits beyond the rows of a sheet go on in the next one, under the same head', async () => {
  const rows = [...ROWS, ...ROWS].map((row, index) => ({ ...row, customer: `shop-${index}` }));
  const text = workbookText(await whole(creditsWorkbook(pageOf(rows), 'USD', 3)));
  const firstCells = [...text.matchAll(/^A\d+ .*$/gm)].map(([line]) => line);
  const head = 'A1 [1] "Customer"';
  expect(firstCells).toEqual([
    ...[head, 'A2 [0] "shop-0"', 'A3 [0] "shop-1"'],
    ...[head, 'A2 [0] "shop-2"', 'A3 [0] "shop-3"'],
    ...[head, 'A2 [0] "shop-4"', 'A3 [0] "shop-5"'],
  ]);
});

/** Compares a text with the file that is kept of it, or keeps it. */
function expectAsKept(file: string, text: string): void {
  const path = join(FOLDER, file);
  if (REWRITES) {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(path, text);
  }
  expect({ path, isThere: existsSync(path) }).toEqual({ path, isThere: true });
  expect(text).toBe(readFileSync(path, 'utf8'));
}

async function whole(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const content: Uint8Array[] = [];
  for await (const piece of pieces) content.push(piece);
  return Buffer.concat(content);
}

async function* pageOf(rows: CreditView[]): AsyncGenerator<CreditView[]> {
  yield await Promise.resolve(rows);
}

async function* none(): AsyncGenerator<never> {
  // No credits are listed in these.
}
