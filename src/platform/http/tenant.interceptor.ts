import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Observable } from 'rxjs';
import { Database, NOBODY } from '../database/index.js';

/** Has all that a request does done for its caller: statements see what the caller may see, and nothing else. */
@Injectable()
export class TenantInterceptor implements NestInterceptor {
  constructor(private readonly database: Database) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { tenant = NOBODY } = context.switchToHttp().getRequest<FastifyRequest>();
    // The handler runs when it is subscribed to, so that has to happen for the tenant.
    return new Observable((subscriber) =>
      this.database.actFor(tenant, () => next.handle().subscribe(subscriber)),
    );
  }
}
