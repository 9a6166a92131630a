import {
  brokenLines,
  directionOf,
  textRuns,
  type Direction,
  type HasGlyph,
} from '../../../src/renderings/rules/text-runs.js';

const everyGlyph: HasGlyph = () => true;

const shown = (line: string, hasGlyph = everyGlyph, direction?: Direction): string[] =>
  textRuns(line, hasGlyph, direction).map(({ text, script }) => `${script}:${text}`);

describe('the runs of a line', () => {
  test.each<[string, string[]]>([
    ['Société Générale', ['latin:Société Générale']],
    ['Αλφα Нева', ['latin:Αλφα Нева']],
    ['クラウド株式会社', ['japanese:クラウド株式会社']],
    ['한국 클라우드', ['korean:한국', 'latin: ', 'korean:클라우드']],
    ['中国云', ['chinese:中国云']],
    ['東京クラウド', ['japanese:東京クラウド']],
    ['क्लाउड 7', ['devanagari:क्लाउड', 'latin: 7']],
    ['Café Beyrouth', ['latin:Café Beyrouth']],
  ])('of %s are one a font', (line, runs) => {
    expect(shown(line)).toEqual(runs);
  });

  test('from right to left have their words in reverse, and each word its letters in order', () => {
    expect(shown('שלום עולם')).toEqual(['hebrew:עולם', 'latin: ', 'hebrew:שלום']);
    expect(shown('شركة السحابة')).toEqual(['arabic:السحابة', 'latin: ', 'arabic:شركة']);
  });

  test('keep numbers and Latin words readable in them', () => {
    // UAX #9, rule N1: a number behind Hebrew counts as right to left for the space that follows it.
    const mixed = ['latin:Cloud', 'latin: ', 'latin:42', 'latin: ', 'hebrew:ענן'];
    expect(shown('ענן 42 Cloud')).toEqual(mixed);
    expect(shown('ענן 42')).toEqual(['latin:42', 'latin: ', 'hebrew:ענן']);
  });

  test('turn signs between letters, and brackets', () => {
    expect(shown('בע"מ')).toEqual(['hebrew:מ', 'latin:"', 'hebrew:בע']);
    expect(shown('(الخليج)')).toEqual(['latin:(', 'arabic:الخليج', 'latin:)']);
  });
});

describe('a character without a glyph in its script’s font', () => {
  const lacking =
    (...without: string[]): HasGlyph =>
    (script, character) =>
      !without.includes(`${script}:${character}`);

  test('is shown in the next font that has one', () => {
    expect(shown('クラウド云计算', lacking('japanese:计', 'latin:计'))).toEqual([
      'japanese:クラウド云',
      'chinese:计',
      'japanese:算',
    ]);
    expect(shown('한국云', lacking('korean:云', 'latin:云', 'chinese:云'))).toEqual([
      'korean:한국',
      'japanese:云',
    ]);
  });

  test('that no script owns comes from the font of the Han characters beside it first', () => {
    expect(shown('東京→', lacking('latin:→'))).toEqual(['chinese:東京→']);
    expect(shown('クラ→', lacking('latin:→'))).toEqual(['japanese:クラ→']);
  });

  test('in any font is replaced, and a mark is left out', () => {
    const none: HasGlyph = (_, character) => !['😀', '\u0361'].includes(character);
    expect(shown('A😀B', none)).toEqual(['latin:A\ufffdB']);
    expect(shown('t\u0361s', none)).toEqual(['latin:ts']);
  });

  test('that is never seen needs none', () => {
    expect(shown('A\u200e\u2066B\u00ad\ufe0f\u0007C')).toEqual(['latin:ABC']);
    expect(shown('क\u200dष')).toEqual(['devanagari:क\u200dष']);
  });
});

test('a line is ordered by the direction of the whole text', () => {
  expect([directionOf('Cloud ענן'), directionOf('ענן Cloud'), directionOf('42')]).toEqual([
    'ltr',
    'rtl',
    'ltr',
  ]);
  expect(shown('ענן A', everyGlyph, 'ltr')).toEqual(['hebrew:ענן', 'latin: A']);
  expect(shown('ענן A', everyGlyph, 'rtl')).toEqual(['latin:A', 'latin: ', 'hebrew:ענן']);
});

describe('a text in lines', () => {
  const upTo =
    (characters: number) =>
    (line: string): boolean =>
      [...line].length <= characters;

  test('is broken at spaces, and a long word where it has to be', () => {
    expect(brokenLines('one two three', upTo(7))).toEqual(['one two', 'three']);
    expect(brokenLines(`a ${'x'.repeat(25)} b`, upTo(10))).toEqual([
      'a',
      'x'.repeat(10),
      'x'.repeat(10),
      `${'x'.repeat(5)} b`,
    ]);
    expect(brokenLines('', upTo(10))).toEqual(['']);
  });

  test('keeps a letter and its marks together', () => {
    expect(brokenLines('e\u0301e\u0301e\u0301', upTo(3))).toEqual(['e\u0301', 'e\u0301', 'e\u0301']);
  });

  test('of two lines from right to left begins with its first words', () => {
    expect(brokenLines('שלום עולם טוב', upTo(9))).toEqual(['שלום עולם', 'טוב']);
  });
});
