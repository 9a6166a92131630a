import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';

/** Metadata of routes that answer a repeated request from what they stored. */
export const IDEMPOTENT = 'peerledger:idempotent';

export interface IdempotentOptions {
  /** Members of the answer that are secret: shown once, and absent from a replay. */
  withoutBody?: readonly string[];
}

/** Makes a POST safe to repeat: see `IdempotencyInterceptor`. */
export function Idempotent(options: IdempotentOptions = {}): MethodDecorator {
  return applyDecorators(
    SetMetadata(IDEMPOTENT, options),
    ApiHeader({
      name: 'Idempotency-Key',
      required: true,
      schema: { type: 'string', minLength: 1, maxLength: 255 },
      description: 'Chosen by the client; the same request sent again with it gets the first answer again',
    }),
  );
}
