import { ValidateBy } from 'class-validator';

/** Any text on one line: no control characters, no line or paragraph separators. */
export const NO_CONTROL_CHARACTERS = /^[^\p{Cc}\u2028\u2029]*$/u;

/** The message of a member that should be an instant. */
export const INSTANT_EXPECTED =
  'must be an RFC 3339 instant with offset, no finer than a millisecond, such as 2026-11-06T00:00:00Z';

/** The same of a parameter: a plus sign in a URL is read as a space. */
export const INSTANT_IN_URL_EXPECTED = `${INSTANT_EXPECTED}; in a URL write the + of an offset as %2B`;

/**
 * Checks a text with a rule of our own. The code names the rule to the client; the message goes on after the
 * field's name and says what would be right: 'must be a currency such as USD'.
 */
export function Satisfies(code: string, test: (text: string) => boolean, message: string): PropertyDecorator {
  return ValidateBy(
    { name: code, validator: { validate: (value: unknown) => typeof value === 'string' && test(value) } },
    { message },
  );
}
