import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { replaysAnswers } from '../openapi/headers-of.js';
import { Problems } from '../openapi/problems-of.js';

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
    replaysAnswers(),
    ApiIdempotencyKey({
      required: true,
      description: 'Chosen by the client; the same request sent again with it gets the first answer again',
    }),
    Problems('idempotency_key_required', 'idempotency_in_progress'),
  );
}

/** Documents an `Idempotency-Key` header, and what can be wrong with one. */
export function ApiIdempotencyKey(header: { required: boolean; description: string }): MethodDecorator {
  return applyDecorators(
    ApiHeader({
      name: 'Idempotency-Key',
      schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[ -~]+$' },
      example: '2b6f0cc9-4c1f-4b1e-8f0a-0a4f0e5f8f0e',
      ...header,
    }),
    Problems('invalid_idempotency_key', 'idempotency_key_reused'),
  );
}
