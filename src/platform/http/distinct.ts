import { ValidateBy } from 'class-validator';

/**
 * Checks that no two texts or numbers of a list are the same, in time that grows with the list; class-validator's own
 * ArrayUnique compares every two, so that one long list keeps everybody waiting.
 */
export function Distinct(message: string): PropertyDecorator {
  const validate = (value: unknown): boolean =>
    Array.isArray(value) && new Set<unknown>(value).size === value.length;
  return ValidateBy({ name: 'arrayUnique', validator: { validate } }, { message });
}
