import { createRequire } from 'node:module';

export type Alignment = 'left' | 'right' | 'center';

export interface Styled {
  style?: string;
  font?: string;
  fontSize?: number;
  bold?: boolean;
  color?: string;
  alignment?: Alignment;
  margin?: [number, number, number, number];
  noWrap?: boolean;
  wordBreak?: 'normal' | 'break-all';
  width?: number | '*' | 'auto';
  fillColor?: string;
  colSpan?: number;
  unbreakable?: boolean;
}

export interface TableLayout {
  defaultBorder?: boolean;
  hLineWidth?(row: number, node: { table: { body: unknown[] } }): number;
  vLineWidth?(): number;
  hLineColor?(): string;
  paddingLeft?(): number;
  paddingRight?(): number;
  paddingTop?(): number;
  paddingBottom?(): number;
}

export interface Table {
  headerRows?: number;
  /** Rows that stay with the head on its first page. */
  keepWithHeaderRows?: number;
  dontBreakRows?: boolean;
  widths: (number | '*' | 'auto')[];
  body: Content[][];
}

export type Content =
  | string
  | (Styled & { text: string | Content[] })
  | (Styled & { stack: Content[] })
  | (Styled & { columns: Content[]; columnGap?: number })
  | (Styled & { table: Table; layout?: string | TableLayout })
  | (Styled & { svg: string });

export interface DocumentDefinition {
  version: string;
  subset: string;
  language: string;
  pageSize: string;
  pageMargins: [number, number, number, number];
  info: Record<string, string | Date>;
  defaultStyle: Styled & { lineHeight?: number };
  styles: Record<string, Styled>;
  header(page: number): Content | null;
  footer(page: number, pages: number): Content;
  content: Content[];
}

interface PdfMake {
  setFonts(fonts: Record<string, Record<string, string>>): void;
  setTableLayouts(layouts: Record<string, TableLayout>): void;
  setUrlAccessPolicy(allows: (url: string) => boolean): void;
  setLocalAccessPolicy(allows: (path: string) => boolean): void;
  createPdf(definition: DocumentDefinition): { getBuffer(): Promise<Buffer> };
}

/**
 * As much of pdfmake 0.3 as is used here. It comes without types, and those from elsewhere bring a browser's
 * globals into the whole program.
 */
export const pdfmake = createRequire(import.meta.url)('pdfmake') as PdfMake;
