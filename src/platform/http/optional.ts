import { ValidateIf } from 'class-validator';

/** A member that may be left out. Null is no way to do so: it is checked, and refused, like any other value. */
export function Optional(): PropertyDecorator {
  return ValidateIf((_, value) => value !== undefined);
}
