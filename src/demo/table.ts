/** Lines that fit a terminal of this many columns. */
export const COLUMNS = 100;

const INDENT = '  ';
const GAP = '  ';

/** How a column is set: words to the left, figures to the right. */
export type Alignment = 'left' | 'right';

/** Sets rows as aligned columns; the first row is the header. */
export function table(alignments: readonly Alignment[], rows: readonly (readonly string[])[]): string[] {
  const widths = alignments.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) => {
    const cells = row.map((cell, column) =>
      alignments[column] === 'left' ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
    );
    return `${INDENT}${cells.join(GAP)}`.trimEnd();
  });
  const rule = INDENT + widths.map((width) => '-'.repeat(width)).join(GAP);
  return [lines[0]!, rule, ...lines.slice(1)];
}

/** A heading with its rule. */
export function heading(text: string, rule: '=' | '-'): string[] {
  return ['', text, rule.repeat(text.length)];
}

/** Text broken between words, so that no line is too long. */
export function paragraph(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && INDENT.length + line.length + 1 + word.length > COLUMNS) {
      lines.push(INDENT + line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return [...lines, INDENT + line];
}

/** A text cut to a width. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 3)}...`;
}
