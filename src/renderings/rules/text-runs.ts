import bidiModule from 'bidi-js';

/** A piece of a line that one font can show. */
export interface TextRun {
  text: string;
  script: FontScript;
}

export type FontScript = 'latin' | 'arabic' | 'hebrew' | 'devanagari' | 'japanese' | 'korean' | 'chinese';

/** Whether a script's font has a glyph for a character. */
export type HasGlyph = (script: FontScript, character: string) => boolean;

/** Which way a text runs: that of its first letter. */
export type Direction = 'ltr' | 'rtl';

/** Latin, Greek and Cyrillic are in one font. */
const SCRIPTS: [FontScript, RegExp][] = [
  ['arabic', /\p{Script_Extensions=Arabic}/u],
  ['hebrew', /\p{Script=Hebrew}/u],
  ['devanagari', /\p{Script_Extensions=Devanagari}/u],
  ['korean', /\p{Script=Hangul}/u],
  ['japanese', /[\p{Script=Hiragana}\p{Script=Katakana}]/u],
  ['chinese', /[\p{Script=Han}\p{Script=Bopomofo}\u3000-\u303f\uff01-\uff9f\uffe0-\uffee]/u],
];
/** Whose fonts are tried in turn for what the script's own has no glyph for. */
const TRIED: readonly FontScript[] = [
  'latin',
  'chinese',
  'japanese',
  'korean',
  'arabic',
  'hebrew',
  'devanagari',
];
/** Marks and joiners that belong to the character before them, whatever its script. */
const ATTACHED = /[\p{Mark}\u200c\u200d]/u;

/** Characters that steer how others are shown, and are never seen themselves. */
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Control}]/u;
const JOINER = /[\u200c\u200d]/u;
/** What stands for a character that no font here has. */
const REPLACEMENT: TextRun = { text: '\ufffd', script: 'latin' };

/** What readers take for one character, such as a letter with its marks: it is never cut or turned. */
const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/**
 * A line of text in runs from left to right as they are read on paper (Unicode bidirectional algorithm): the
 * words of a right-to-left part come in reverse, each still in the order of its letters, which the font joins.
 * `direction` is that of the whole text, of which this may be a later line.
 */
export function textRuns(line: string, hasGlyph: HasGlyph, direction = directionOf(line)): TextRun[] {
  const han = hanScript(line);
  return visualPieces(line, direction).flatMap(({ text, isRightToLeft }) => {
    const runs = scriptRuns(text, han, hasGlyph);
    return isRightToLeft ? runs.reverse().map(turnedAround) : runs;
  });
}

/** Which way a text runs; left to right where it has no letters. */
export function directionOf(text: string): Direction {
  const [paragraph] = bidi.getEmbeddingLevels(text).paragraphs;
  return paragraph !== undefined && (paragraph.level & 1) === 1 ? 'rtl' : 'ltr';
}

/**
 * Text broken into lines that fit, at spaces, and within a word where it does not fit by itself: before it is put in
 * visual order, never after.
 */
export function brokenLines(text: string, fits: (line: string) => boolean): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.trim().split(/\s+/)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (fits(longer)) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    const pieces = brokenWord(word, fits);
    line = pieces.pop()!;
    lines.push(...pieces);
  }
  return [...lines, line];
}

function brokenWord(word: string, fits: (piece: string) => boolean): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const { segment } of graphemes.segment(word)) {
    if (piece !== '' && !fits(piece + segment)) {
      pieces.push(piece);
      piece = segment;
    } else piece += segment;
  }
  return [...pieces, piece];
}

interface Embedding {
  levels: Uint8Array;
  paragraphs: { level: number }[];
}

/** As much of the package as is used; its types describe it as a module of another kind. */
interface Bidi {
  getEmbeddingLevels(text: string, direction?: Direction): Embedding;
  getReorderedIndices(text: string, embedding: Embedding): number[];
  getMirroredCharactersMap(text: string, levels: Uint8Array): Map<number, string>;
}

const bidi = (bidiModule as unknown as () => Bidi)();

/** A font turns the letters of its own right-to-left script; signs between them have to be turned before. */
function turnedAround({ text, script }: TextRun): TextRun {
  return script === 'arabic' || script === 'hebrew'
    ? { text, script }
    : {
        text: [...graphemes.segment(text)]
          .map(({ segment }) => segment)
          .reverse()
          .join(''),
        script,
      };
}

interface Piece {
  text: string;
  isRightToLeft: boolean;
}

/** Pieces of one direction each, left to right; right-to-left ones word by word, with brackets turned. */
function visualPieces(line: string, direction: Direction): Piece[] {
  const embedding = bidi.getEmbeddingLevels(line, direction);
  const { levels } = embedding;
  const order = bidi.getReorderedIndices(line, embedding);
  const turned = bidi.getMirroredCharactersMap(line, levels);
  const pieces: Piece[] = [];
  for (let at = 0; at < order.length;) {
    const first = order[at]!;
    const isRightToLeft = (levels[first]! & 1) === 1;
    let end = at;
    while (end + 1 < order.length && order[end + 1]! === order[end]! + (isRightToLeft ? -1 : 1)) {
      if ((levels[order[end + 1]!]! & 1) !== (levels[first]! & 1)) break;
      end += 1;
    }
    const indices = order.slice(at, end + 1).sort((a, b) => a - b);
    const text = indices.map((index) => turned.get(index) ?? line[index]!).join('');
    const words = isRightToLeft ? text.split(/(\s+)/).reverse() : [text];
    pieces.push(...words.filter((word) => word !== '').map((word) => ({ text: word, isRightToLeft })));
    at = end + 1;
  }
  return pieces;
}

/** Han characters alone do not say of which language they are; kana and hangul beside them do. */
function hanScript(line: string): FontScript {
  if (/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(line)) return 'japanese';
  return /\p{Script=Hangul}/u.test(line) ? 'korean' : 'chinese';
}

function scriptRuns(piece: string, han: FontScript, hasGlyph: HasGlyph): TextRun[] {
  const runs: TextRun[] = [];
  for (const character of piece) {
    if (UNSEEN.test(character) && !JOINER.test(character)) continue;
    const last = runs.at(-1);
    const isAttached = ATTACHED.test(character);
    const own = last && isAttached ? last.script : scriptOf(character, han);
    const script = [own, han, ...TRIED].find((each) => hasGlyph(each, character));
    if (script === undefined && isAttached) continue;
    const run = script === undefined ? REPLACEMENT : { text: character, script };
    if (last?.script === run.script) last.text += run.text;
    else runs.push({ ...run });
  }
  return runs;
}

function scriptOf(character: string, han: FontScript): FontScript {
  const script = SCRIPTS.find(([, pattern]) => pattern.test(character))?.[0] ?? 'latin';
  return script === 'chinese' ? han : script;
}
