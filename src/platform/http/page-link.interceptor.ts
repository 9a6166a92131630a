import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { tap, type Observable } from 'rxjs';

/** Sets `Link: <...>; rel="next"` on every page that has a next one. */
@Injectable()
export class PageLinkInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    if (request.method !== 'GET') return next.handle();
    return next.handle().pipe(
      tap((answer: unknown) => {
        const cursor = nextCursorOf(answer);
        if (cursor !== null) reply.header('Link', `<${withCursor(request, cursor)}>; rel="next"`);
      }),
    );
  }
}

function nextCursorOf(answer: unknown): string | null {
  if (typeof answer !== 'object' || answer === null || !('nextCursor' in answer)) return null;
  return typeof answer.nextCursor === 'string' ? answer.nextCursor : null;
}

/** The request's own URL with the cursor put in place, all other parameters kept. */
function withCursor(request: FastifyRequest, cursor: string): string {
  const url = new URL(request.raw.url ?? request.url, 'http://placeholder.invalid');
  url.searchParams.set('cursor', cursor);
  return url.pathname + url.search;
}
