import {
  createParamDecorator,
  type ArgumentMetadata,
  type ExecutionContext,
  type PipeTransform,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RequestValidationPipe } from './validation.js';

const bodyOrNothing = createParamDecorator((_: unknown, context: ExecutionContext): unknown => {
  const { body } = context.switchToHttp().getRequest<FastifyRequest>();
  return body === undefined ? {} : body;
});

/** Metadata of handlers that read a body by another decorator than Nest's own. */
export const READS_BODY = 'peerledger:reads-body';

class BodyPipe implements PipeTransform {
  private readonly pipe = new RequestValidationPipe();

  transform(value: unknown, metadata: ArgumentMetadata): unknown {
    return this.pipe.transform(value, { ...metadata, type: 'body' });
  }
}

/** A body that may be left out, which is the same as an empty object; checked like every body. */
export function OptionalBody(): ParameterDecorator {
  return (target, key, index) => {
    Reflect.defineMetadata(READS_BODY, true, target, key!);
    bodyOrNothing(new BodyPipe())(target, key, index);
  };
}
