import type { CellValue, CellStyle } from 'hucre';
import { currencyExponent } from '../../money/index.js';
import { inertCell } from '../rules/inert-cell.js';

/** Digits that a spreadsheet keeps; it computes with binary floating point. */
const DIGITS_MAX = 15;

/** A number as a number; as text where a spreadsheet would not keep all its digits. */
export function numberCell(decimal: string | null): CellValue {
  if (decimal === null) return null;
  const digits = decimal.replace(/[-.]/g, '').replace(/^0+/, '');
  return digits.length > DIGITS_MAX ? decimal : Number(decimal);
}

/** A text, and never a formula. */
export function textCell(text: string | null): CellValue {
  return inertCell(text);
}

/** How amounts of a currency look. */
export function moneyFormat(currency: string): string {
  const exponent = currencyExponent(currency);
  return exponent === 0 ? '#,##0' : `#,##0.${'0'.repeat(exponent)}`;
}

export const HEAD: CellStyle = {
  // Named, or programs take whatever they fall back to.
  font: { name: 'Calibri', size: 11, bold: true, color: { rgb: 'FFFFFF' } },
  fill: { type: 'pattern', pattern: 'solid', fgColor: { rgb: '1F3A5F' } },
};
