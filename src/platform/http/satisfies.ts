import { ValidateBy } from 'class-validator';

/** Any text on one line: no control characters, no line or paragraph separators. */
export const NO_CONTROL_CHARACTERS = /^[^\p{Cc}\u2028\u2029]*$/u;

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
