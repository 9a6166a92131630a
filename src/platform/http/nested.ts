import { applyDecorators, type Type as Class } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsObject, ValidateNested } from 'class-validator';

/** A member that is an object of a class, checked member by member. The message goes on after its name. */
export function Nested(type: () => Class, message = 'must be an object'): PropertyDecorator {
  return applyDecorators(IsObject({ message }), ValidateNested({ message }), Type(type));
}

/** The same of every item of a list; `each` says what one is: 'a price'. */
export function NestedList(type: () => Class, each: string): PropertyDecorator {
  const options = { each: true, message: `must be objects, each ${each}` };
  return applyDecorators(IsObject(options), ValidateNested(options), Type(type));
}
