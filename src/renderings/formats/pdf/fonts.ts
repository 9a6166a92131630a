import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Content } from './pdfmake.js';
import { brokenLines, directionOf, textRuns, type FontScript, type TextRun } from '../../rules/text-runs.js';

const require = createRequire(import.meta.url);
const { resolve } = require;

/** As much of fontkit 2 as is used here; it comes without types. */
interface Face {
  unitsPerEm: number;
  hasGlyphForCodePoint(codePoint: number): boolean;
  layout(text: string): { advanceWidth: number };
}

const fontkit = require('fontkit') as { openSync(path: string): Face };

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

const opened = new Map<string, Face>();

function faceOf(script: FontScript, bold: boolean): Face {
  const path = FACES[script][bold ? 1 : 0];
  const face = opened.get(path) ?? fontkit.openSync(path);
  opened.set(path, face);
  return face;
}

/** How a text is set; what sets it is by the same library, so widths are its widths. */
export interface Setting {
  width_pt: number;
  fontSize: number;
  bold?: boolean;
}

/** A character without width. It gives a line of any script the height of a Latin one. */
const STRUT: TextRun = { text: '\u200b', script: 'latin' };

/** A text of a stranger's in its scripts, in lines that are no wider than is said. */
export function anyScript(text: string, { width_pt, fontSize, bold = false }: Setting): Content {
  const composed = text.normalize('NFC');
  const direction = directionOf(composed);
  const runsOf = (line: string): TextRun[] =>
    textRuns(
      line,
      (script, character) => faceOf(script, bold).hasGlyphForCodePoint(character.codePointAt(0)!),
      direction,
    );
  const widthOf = (line: string): number =>
    runsOf(line).reduce((sum, { text: run, script }) => {
      const face = faceOf(script, bold);
      return sum + (face.layout(run).advanceWidth / face.unitsPerEm) * fontSize;
    }, 0);
  return {
    stack: brokenLines(composed, (line) => widthOf(line) <= width_pt).map((line) => ({
      text: [STRUT, ...runsOf(line)].map((run) => ({ text: run.text, font: run.script, noWrap: true })),
      fontSize,
      bold,
    })),
  };
}
