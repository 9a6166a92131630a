/**
 * A text that a spreadsheet takes for text: what begins like a formula gets an apostrophe before it (OWASP, CSV
 * injection). For texts only: a negative number begins with a minus and stays a number.
 */
export function inertCell(text: string): string;
export function inertCell(text: string | null): string | null;
export function inertCell(text: string | null): string | null {
  return text !== null && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}
