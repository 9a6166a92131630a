import bidiModule from 'bidi-js';

/** A piece of a line that one font can show. */
export interface TextRun {
  text: string;
  script: FontScript;
}

export type FontScript = 'latin' | 'arabic' | 'hebrew' | 'devanagari' | 'japanese' | 'korean' | 'chinese';

/** Latin, Greek and Cyrillic are in one font; what no font here has is left to it. */
const SCRIPTS: [FontScript, RegExp][] = [
  ['arabic', /\p{Script_Extensions=Arabic}/u],
  ['hebrew', /\p{Script=Hebrew}/u],
  ['devanagari', /\p{Script_Extensions=Devanagari}/u],
  ['korean', /\p{Script=Hangul}/u],
  ['japanese', /[\p{Script=Hiragana}\p{Script=Katakana}]/u],
  ['chinese', /[\p{Script=Han}\p{Script=Bopomofo}\u3000-\u303f\uff01-\uff65]/u],
];
/** Marks and joiners that belong to the character before them, whatever its script. */
const ATTACHED = /[\p{Mark}\u200c\u200d]/u;

/**
 * A line of text in runs from left to right as they are read on paper (Unicode bidirectional algorithm): the
 * words of a right-to-left part come in reverse, each still in the order of its letters, which the font joins.
 */
export function textRuns(line: string): TextRun[] {
  const han = hanScript(line);
  return visualPieces(line).flatMap(({ text, isRightToLeft }) => {
    const runs = scriptRuns(text, han);
    return isRightToLeft ? runs.reverse().map(turnedAround) : runs;
  });
}

/** Text broken into lines of about `charactersMax`, at spaces: before it is put in visual order, never after. */
export function brokenLines(text: string, charactersMax: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).flatMap((long) => chunks(long, charactersMax))) {
    if (line !== '' && [...line].length + 1 + [...word].length > charactersMax) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function chunks(word: string, size: number): string[] {
  const characters = [...word];
  const count = Math.max(1, Math.ceil(characters.length / size));
  return Array.from({ length: count }, (_, index) =>
    characters.slice(index * size, (index + 1) * size).join(''),
  );
}

/** As much of the package as is used; its types describe it as a module of another kind. */
interface Bidi {
  getEmbeddingLevels(text: string): { levels: Uint8Array; paragraphs: unknown[] };
  getReorderedIndices(text: string, levels: { levels: Uint8Array; paragraphs: unknown[] }): number[];
  getMirroredCharactersMap(text: string, levels: Uint8Array): Map<number, string>;
}

const bidi = (bidiModule as unknown as () => Bidi)();

/** A font turns the letters of its own right-to-left script; signs between them have to be turned before. */
function turnedAround({ text, script }: TextRun): TextRun {
  return script === 'arabic' || script === 'hebrew'
    ? { text, script }
    : { text: [...text].reverse().join(''), script };
}

interface Piece {
  text: string;
  isRightToLeft: boolean;
}

/** Pieces of one direction each, left to right; right-to-left ones word by word, with brackets turned. */
function visualPieces(line: string): Piece[] {
  const embedding = bidi.getEmbeddingLevels(line);
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

function scriptRuns(piece: string, han: FontScript): TextRun[] {
  const runs: TextRun[] = [];
  for (const character of piece) {
    const last = runs.at(-1);
    const script = last && ATTACHED.test(character) ? last.script : scriptOf(character, han);
    if (last?.script === script) last.text += character;
    else runs.push({ text: character, script });
  }
  return runs;
}

function scriptOf(character: string, han: FontScript): FontScript {
  const script = SCRIPTS.find(([, pattern]) => pattern.test(character))?.[0] ?? 'latin';
  return script === 'chinese' ? han : script;
}
