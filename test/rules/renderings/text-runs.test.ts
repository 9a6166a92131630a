import { brokenLines, textRuns } from '../../../src/renderings/rules/text-runs.js';

const shown = (line: string): string[] => textRuns(line).map(({ text, script }) => `${script}:${text}`);

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

describe('a text in lines', () => {
  test('is broken at spaces, and a long word where it has to be', () => {
    expect(brokenLines('one two three', 7)).toEqual(['one two', 'three']);
    expect(brokenLines('x'.repeat(25), 10)).toEqual(['x'.repeat(10), 'x'.repeat(10), 'x'.repeat(5)]);
    expect(brokenLines('', 10)).toEqual(['']);
  });

  test('of two lines from right to left begins with its first words', () => {
    expect(brokenLines('שלום עולם טוב', 9)).toEqual(['שלום עולם', 'טוב']);
  });
});
