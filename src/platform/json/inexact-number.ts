/** A number in a JSON body that a JavaScript number would not carry exactly as it was written. */
export class InexactNumber {
  constructor(readonly text: string) {}
}

/** Where in a parsed body such numbers are. */
export function inexactNumbersIn(
  value: unknown,
  path: readonly (string | number)[] = [],
): { path: readonly (string | number)[]; text: string }[] {
  if (value instanceof InexactNumber) return [{ path, text: value.text }];
  if (Array.isArray(value)) return value.flatMap((item, index) => inexactNumbersIn(item, [...path, index]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => inexactNumbersIn(item, [...path, key]));
}

const INTEGER = /^-?(?:0|[1-9]\d*)$/;

/** The number parser: a JavaScript number for safe integers in plain notation, the marker for all else. */
export function exactNumber(text: string): number | InexactNumber {
  const number = Number(text);
  const exact = INTEGER.test(text) && Number.isSafeInteger(number) && !Object.is(number, -0);
  return exact ? number : new InexactNumber(text);
}
