/**
 * The fields of one line of CSV (RFC 4180), quotes taken off, or what is wrong with it: text before or behind a
 * quoted field, or quotes that are not closed.
 */
export function splitCsv(line: string): string[] | string {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (line[at] === '"') {
      const end = closingQuote(line, at + 1);
      if (end < 0) return 'has a quote that is not closed';
      if (end + 1 < line.length && line[end + 1] !== ',') return 'has text behind a closing quote';
      fields.push(line.slice(at + 1, end).replaceAll('""', '"'));
      at = end + 1;
    } else {
      const comma = line.indexOf(',', at);
      const text = line.slice(at, comma < 0 ? line.length : comma);
      if (text.includes('"')) return 'has a quote inside a field that does not begin with one';
      fields.push(text);
      at += text.length;
    }
    if (at >= line.length) return fields;
    at += 1;
  }
}

function closingQuote(line: string, from: number): number {
  for (let at = line.indexOf('"', from); at >= 0; at = line.indexOf('"', at + 2))
    if (line[at + 1] !== '"') return at;
  return -1;
}
