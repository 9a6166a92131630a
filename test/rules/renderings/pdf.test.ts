import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderPdf } from '../../../src/renderings/formats/pdf/statement-pdf.js';
import type { CreditSummary } from '../../../src/renderings/rules/copy.js';
import { sampleModel } from './sample-models.js';

const CREDITS: CreditSummary = {
  count: 3,
  bytes: '10000000000000',
  unpricedBytes: '0',
  amount: '2200.00',
  currency: 'USD',
  bySide: [],
  sinceAgreementBegan: [{ amount: '13200.00', currency: 'USD' }],
};

const folder = mkdtempSync(join(tmpdir(), 'pdf-'));

/** Without poppler a PDF cannot be read back here; `.ci/run` installs it. */
const poppler = (() => {
  try {
    execFileSync('pdftotext', ['-v'], { stdio: 'ignore' });
    return test;
  } catch {
    return test.skip;
  }
})();

/** The text of a PDF as it is laid out, with numbers ungrouped. */
function textOf(pdf: Buffer): string {
  const file = join(folder, 'statement.pdf');
  writeFileSync(file, pdf);
  return execFileSync('pdftotext', ['-layout', file, '-'], { maxBuffer: 1 << 26 })
    .toString('utf8')
    .replace(/(?<=\d)[ \u00a0\u202f](?=\d{3}(?!\d))/g, '');
}

test('a PDF is the same bytes whenever it is made, and PDF/A-3b by its own word', async () => {
  const copy = { model: sampleModel(), viewer: { side: 'A' as const, credits: CREDITS } };
  const first = await renderPdf(copy);
  expect((await renderPdf(copy)).equals(first)).toBe(true);
  expect(first.subarray(0, 8).toString()).toBe('%PDF-1.7');
  expect(first.toString('latin1')).toMatch(/pdfaid:part>3<.*pdfaid:conformance>B</s);
});

// ISO 19005-3, as far as it can be held to without a validator, of which none is to be had from npm or Debian.
test('a PDF has what PDF/A asks for and nothing that it forbids', async () => {
  const names: [string, string] = ['شركة السحابة', '日本クラウド'];
  const pdf = (await renderPdf({ model: sampleModel({ names }), viewer: null })).toString('latin1');
  for (const asked of [
    // 6.2.3: what colours mean; 6.1.3: an identifier of the file; 6.6.2: metadata as XMP.
    /\/OutputIntents \[/,
    /\/GTS_PDFA1/,
    /\/DestOutputProfile/,
    /\/ID \[<[0-9a-f]{32}> <[0-9a-f]{32}>\]/,
    /\/Type \/Metadata/,
    /\/Lang \(en\)/,
  ]) {
    expect(pdf).toMatch(asked);
  }
  // 6.1.3 encryption, 6.5.1 actions, 6.8 files, 6.2.10 transparency: none of it is needed here.
  for (const forbidden of ['/Encrypt', '/JavaScript', '/Launch', '/EmbeddedFile', '/SMask', '/AcroForm']) {
    expect(pdf).not.toContain(forbidden);
  }
  const opacities = [...pdf.matchAll(/\/(?:ca|CA) ([\d.]+)/g)].map(([, opacity]) => Number(opacity));
  expect(opacities.every((opacity) => opacity === 1)).toBe(true);
});

poppler('a PDF has all its fonts with it', async () => {
  const names: [string, string] = ['شركة السحابة', '日本クラウド'];
  textOf(await renderPdf({ model: sampleModel({ names }), viewer: null }));
  const [, , ...rows] = execFileSync('pdffonts', [join(folder, 'statement.pdf')])
    .toString()
    .trim()
    .split('\n');
  expect(rows.length).toBeGreaterThan(2);
  for (const row of rows) expect(row).toMatch(/ yes +yes +yes +\d+ +\d+ *$/);
});

poppler('a letterhead says where a party is, and by what it is known', async () => {
  const model = sampleModel();
  const address = { street: '1 Exchange Square', additionalStreet: 'Level 2', city: 'Zürich' };
  const business = {
    legalName: 'Alpha International Ltd',
    address: { ...address, postalZone: '8001', countrySubentity: null, country: 'CH' },
    vatId: 'CHE123456789',
    registrationId: 'CHE-123.456.789',
    endpoint: null,
  };
  const parties = { ...model.parties, A: { ...model.parties.A, business } };
  const text = textOf(await renderPdf({ model: { ...model, parties }, viewer: null }));
  for (const line of ['Alpha International Ltd', 'Level 2', '8001 Zürich', 'VAT CHE123456789']) {
    expect(text).toContain(line);
  }
  expect(text).toContain('Registered as CHE-123.456.789');
  expect(text).not.toContain('Alpha Cloud Ltd');
});

poppler('a PDF has the totals of its statement, and its lines once each', async () => {
  const amounts = Array.from({ length: 120 }, (_, index) => `${index + 1}.0${index % 10}`);
  const lines = amounts.map((amount, index) => ({ amount, payer: index % 2 ? 'beta' : 'alpha' }));
  const model = sampleModel({ lines, statement: { payableByA: '3601.60', payableByB: '3663.60' } });
  const text = textOf(await renderPdf({ model, viewer: { side: 'A', credits: CREDITS } }));
  const found = [...text.matchAll(/^ *(\d+) +Settled traffic .* (-?\d+\.\d\d) +(alpha|beta)$/gm)];
  expect(found.map(([, number, amount]) => [number, amount])).toEqual(
    amounts.map((amount, index) => [String(index + 1), amount]),
  );
  expect(text).toMatch(/Payable by alpha +3601\.60 +USD/);
  expect(text).toMatch(/Payable by beta +3663\.60 +USD/);
  expect(text).toContain('alpha pays beta 2000.00 USD by 2026-12-06.');
  expect(text).toContain('2200.00 USD in 3 credits');
  expect(text.match(/No\. +Charge/g)!.length).toBeGreaterThan(1);
  const pages = text.match(/Page \d+ of \d+/g)!;
  expect(pages.at(-1)).toBe(`Page ${pages.length} of ${pages.length}`);
  expect(text.match(new RegExp(model.statement.sha256, 'g'))).toHaveLength(pages.length);
  expect(text.match(/not a tax invoice/g)).toHaveLength(pages.length);
});

poppler('a PDF of neither party shows no credits', async () => {
  expect(textOf(await renderPdf({ model: sampleModel(), viewer: null }))).not.toContain('Credits');
});

poppler.each([
  ['Société Générale', 'NotoSans-Bold', 'Société Générale'],
  ['Αλφα Нева', 'NotoSans-Bold', 'Αλφα Нева'],
  ['中国云计算有限公司', 'NotoSansHans', '中国云计算有限公司'],
  ['日本クラウド', 'NotoSansJP', '日本クラウド'],
  ['한국 클라우드', 'NotoSansKR', '한국 클라우드'],
  ['भारत', 'NotoSansDevanagari', 'भारत'],
  ['ענן ישראל', 'NotoSansHebrew', 'ישראל'],
  ['شركة السحابة', 'NotoNaskhArabic', 'شركة'],
])('a PDF shows the name %s in %s, and only the fonts that it needs', async (name, font, word) => {
  const pdf = await renderPdf({ model: sampleModel({ names: [name, 'Beta'] }), viewer: null });
  expect(textOf(pdf)).toContain(word);
  const fonts = execFileSync('pdffonts', [join(folder, 'statement.pdf')]).toString();
  expect(fonts).toContain(font);
  expect(fonts.trim().split('\n').length - 2).toBeLessThanOrEqual(3);
});

poppler.each([
  ['クラウド云计算 → ABC', ['NotoSansJP', 'NotoSansHans']],
  ['한국云计算 ✓', ['NotoSansKR', 'NotoSansHans']],
  ['Нева → Ⅷ', ['NotoSans-Bold', 'NotoSansHans']],
])('a PDF shows the name %s whole, in all the fonts that takes', async (name, fonts) => {
  const text = textOf(await renderPdf({ model: sampleModel({ names: [name, 'Beta'] }), viewer: null }));
  expect(text.replaceAll(/[\s\u200b]/g, '')).toContain(name.replaceAll(' ', ''));
  const used = execFileSync('pdffonts', [join(folder, 'statement.pdf')]).toString();
  for (const font of fonts) expect(used).toContain(font);
});

/** Every word of a page with the edges of its box, in points. */
function wordsOf(pdf: Buffer, page: number): { text: string; left: number; right: number }[] {
  const file = join(folder, 'statement.pdf');
  writeFileSync(file, pdf);
  const range = ['-f', String(page), '-l', String(page)];
  const xml = execFileSync('pdftotext', ['-bbox', ...range, file, '-'], { maxBuffer: 1 << 26 }).toString();
  const words = xml.matchAll(/<word xMin="([\d.-]+)" .*?xMax="([\d.-]+)" .*?>(.*?)<\/word>/g);
  return [...words].map(([, left, right, text]) => ({
    text: text!,
    left: Number(left),
    right: Number(right),
  }));
}

poppler.each([
  ['W', 200],
  ['雲', 60],
  ['Gesellschaft ', 16],
  ['ענן ', 50],
])('a letterhead of %s %i times keeps to its half of the page', async (part, times) => {
  const name = part.repeat(times).trim();
  const address = { street: name, additionalStreet: name, city: name, countrySubentity: null };
  const business = {
    legalName: null,
    address: { ...address, postalZone: null, country: 'DE' },
    vatId: null,
    registrationId: name,
    endpoint: null,
  };
  const model = sampleModel({ names: [name, name], days: false });
  const parties = { A: { ...model.parties.A, business }, B: { ...model.parties.B, business } };
  const words = wordsOf(await renderPdf({ model: { ...model, parties }, viewer: null }), 1);
  const ofName = words.filter(({ text }) => part.includes(text.slice(0, 1)));
  const half = 595.28 / 2;
  expect(ofName.length).toBeGreaterThan(5);
  // Nothing crosses the middle, and nothing leaves the margins of 40 points.
  expect(ofName.filter(({ left, right }) => left < half && right > half)).toEqual([]);
  expect(ofName.filter(({ left, right }) => left < 39 || right > 556)).toEqual([]);
});

// Letterheads of every height move the charges over the foot of the page.
poppler(
  'a heading has what it heads on its own page, and few charges have their totals with them',
  async () => {
    for (let rows = 0; rows < 12; rows += 3) {
      const street = Array.from({ length: rows }, () => 'W'.repeat(24)).join(' ');
      const address = {
        street,
        additionalStreet: null,
        city: 'Bern',
        postalZone: null,
        countrySubentity: null,
      };
      const business = { legalName: null, address: { ...address, country: 'CH' }, vatId: null };
      const details = { ...business, registrationId: null, endpoint: null };
      const lines = Array.from({ length: rows % 2 === 0 ? 3 : 40 }, () => ({}));
      const model = sampleModel({ lines });
      const parties = { ...model.parties, A: { ...model.parties.A, business: details } };
      const text = textOf(await renderPdf({ model: { ...model, parties }, viewer: null }));
      const pages = text.split('\f').map((page) => page.split('\n').map((line) => line.trim()));
      const headings = ['Traffic', 'Charges', 'How it was settled'];
      for (const page of pages) {
        const last = page.filter((line) => line !== '' && !/^(This statement|SHA-256)/.test(line)).at(-1);
        expect(headings).not.toContain(last);
        if (lines.length > 20 || !page.includes('Charges')) continue;
        expect(page.filter((line) => /^Payable by/.test(line))).toHaveLength(2);
      }
    }
  },
);
