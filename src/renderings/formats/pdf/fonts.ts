import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Content } from './pdfmake.js';
import { brokenLines, textRuns, type FontScript } from '../../rules/text-runs.js';

const { resolve } = createRequire(import.meta.url);

const embedpdf = (name: string, font: string): [string, string] => {
  const folder = join(dirname(resolve(`@embedpdf/fonts-${name}`)), '..', 'fonts');
  const end = ['jp', 'kr', 'sc'].includes(name) ? 'otf' : 'ttf';
  return [join(folder, `${font}-Regular.${end}`), join(folder, `${font}-Bold.${end}`)];
};

const devanagari = (): [string, string] => {
  const folder = dirname(resolve('@expo-google-fonts/noto-sans-devanagari/package.json'));
  return [
    join(folder, '400Regular', 'NotoSansDevanagari_400Regular.ttf'),
    join(folder, '700Bold', 'NotoSansDevanagari_700Bold.ttf'),
  ];
};

/** A regular and a bold face for each script. Only their places are known here; a face is read when it is used. */
const FACES: Record<FontScript, [string, string]> = {
  latin: embedpdf('latin', 'NotoSans'),
  arabic: embedpdf('arabic', 'NotoNaskhArabic'),
  hebrew: embedpdf('hebrew', 'NotoSansHebrew'),
  devanagari: devanagari(),
  japanese: embedpdf('jp', 'NotoSansJP'),
  korean: embedpdf('kr', 'NotoSansKR'),
  chinese: embedpdf('sc', 'NotoSansHans'),
};

/** The fonts by the names under which documents ask for them: those of the scripts. */
export const FONTS = Object.fromEntries(
  Object.entries(FACES).map(([script, [normal, bold]]) => [
    script,
    { normal, bold, italics: normal, bolditalics: bold },
  ]),
);

/** The only files that a document may read. */
export const FONT_FILES: ReadonlySet<string> = new Set(Object.values(FACES).flat());

/** A text of a stranger's in its scripts, in lines of about so many characters. */
export function anyScript(text: string, charactersMax: number): Content {
  return {
    stack: brokenLines(text, charactersMax).map((line) => ({
      text: textRuns(line).map(({ text: run, script }) => ({ text: run, font: script, noWrap: true })),
    })),
  };
}
