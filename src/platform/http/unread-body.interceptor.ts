import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { READS_BODY } from './optional-body.js';
import { refuseContent } from './validation.js';

/** Where Nest keeps the arguments of a handler, by kind and position; it exports the decorators only. */
const ROUTE_ARGUMENTS = '__routeArguments__';
/** Its number for `@Body()`. */
const BODY = '3:';

/** Refuses a body with content on a route that reads none: whoever sent it meant something by it. */
@Injectable()
export class UnreadBodyInterceptor implements NestInterceptor {
  private readonly readers = new WeakMap<object, boolean>();

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { body, routeOptions } = context.switchToHttp().getRequest<FastifyRequest>();
    if (body !== undefined && !routeOptions.config.readsStreams && !this.readsBody(context)) {
      refuseContent(body);
    }
    return next.handle();
  }

  private readsBody(context: ExecutionContext): boolean {
    const handler = context.getHandler();
    const known = this.readers.get(handler);
    if (known !== undefined) return known;
    const controller = context.getClass();
    const given = (Reflect.getMetadata(ROUTE_ARGUMENTS, controller, handler.name) ?? {}) as object;
    const reads =
      Object.keys(given).some((argument) => argument.startsWith(BODY)) ||
      Reflect.hasMetadata(READS_BODY, controller.prototype as object, handler.name);
    this.readers.set(handler, reads);
    return reads;
  }
}
