import { unzipSync } from 'fflate';
import { create } from 'xmlbuilder2';
import type { XMLBuilder } from 'xmlbuilder2/lib/interfaces.js';

/**
 * What a workbook says, as text that is easy to compare: the parts of the archive, and of each sheet its frame and its
 * cells with the index of their style. Read with other libraries than it was written with.
 */
export function workbookText(bytes: Uint8Array): string {
  const parts = Object.entries(unzipSync(bytes)).map(([path, content]): [string, string] => [
    path,
    Buffer.from(content).toString('utf8'),
  ]);
  const strings = sharedStrings(parts.find(([path]) => path === 'xl/sharedStrings.xml')?.[1]);
  // What a theme looks like is the library's, and long.
  const shown = parts.filter(([path]) => !/sharedStrings|theme/.test(path));
  return shown
    .map(([path, xml]) => {
      const text = path.startsWith('xl/worksheets/') ? sheetText(xml, strings) : pretty(xml);
      return `== ${path}\n${text}\n`;
    })
    .join('\n');
}

function sheetText(xml: string, strings: readonly string[]): string {
  const [frame, cells] = [create(xml), create(xml)];
  frame.find((node) => nameOf(node) === 'sheetData', true, true)?.remove();
  const lines = cells
    .filter((node) => nameOf(node) === 'c', true, true)
    .map((cell) => {
      const element = cell.node as unknown as { getAttribute(name: string): string | null };
      const content = cell.node.textContent ?? '';
      const type = element.getAttribute('t');
      const value =
        type === 's'
          ? strings[Number(content)]
          : type === 'inlineStr' || content === ''
            ? content
            : Number(content);
      return `${element.getAttribute('r')} [${element.getAttribute('s') ?? '0'}] ${JSON.stringify(value)}`;
    });
  return [pretty(frame.end()), ...lines].join('\n');
}

/** The texts that cells point to by their index. */
function sharedStrings(xml: string | undefined): string[] {
  if (xml === undefined) return [];
  return create(xml)
    .filter((node) => nameOf(node) === 't', true, true)
    .map(({ node }) => node.textContent!);
}

function nameOf({ node }: XMLBuilder): string {
  return node.nodeName;
}

function pretty(xml: string): string {
  return create(xml).end({ prettyPrint: true });
}
