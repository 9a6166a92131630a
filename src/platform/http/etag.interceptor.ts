import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { ETAGGED, etagOf, noneMatch, weakEtagOf, type EtagOptions } from './etag.js';

/** Gives the answers of `@Etagged()` routes their ETag, and spares the client a body that it has. */
@Injectable()
export class EtagInterceptor implements NestInterceptor {
  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const options = this.reflector.get<EtagOptions | undefined>(ETAGGED, context.getHandler());
    if (!options) return next.handle();
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      map((representation: unknown) => {
        const { except } = options;
        const etag = except ? weakEtagOf(representation, except) : etagOf(representation);
        reply.header('ETag', etag);
        // What a caller may see depends on its key, so nobody else may be shown it from a cache.
        reply.header('Cache-Control', 'private, no-cache');
        if (noneMatch(request.headers['if-none-match'], etag)) return representation;
        reply.status(304);
        return undefined;
      }),
    );
  }
}
