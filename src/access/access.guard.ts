import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { DEMAND } from '../platform/http/index.js';
import { accessProblems } from './access.errors.js';
import { AccessService } from './access.service.js';
import { callerKey } from './caller.js';
import type { Demand } from './decorators.js';
import { allows } from './rules/scopes.js';

/** Lets nobody through who does not meet the route's demand. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly access: AccessService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const demand = this.reflector.get<Demand | undefined>(DEMAND, context.getHandler());
    if (demand === 'public') return true;
    if (!demand) throw new Error('a route states neither @Public() nor @Scopes()');
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const caller = await identify(request, this.access);
    const missing = demand.scopes.find((scope) => !allows(caller.scopes, scope));
    if (missing === undefined) return true;
    throw accessProblems.insufficient_scope(`The API key lacks the scope ${missing}.`, {
      headers: {
        'WWW-Authenticate': `Bearer realm="peerledger", error="insufficient_scope", scope="${missing}"`,
      },
    });
  }
}

/** Finds out who calls, once a request. */
export async function identify(
  request: FastifyRequest,
  access: AccessService,
): Promise<NonNullable<FastifyRequest['caller']>> {
  if (request.caller) return request.caller;
  const caller = await access.authenticate(request.headers.authorization, (holder) => {
    request.refusedKey = holder;
  });
  request.caller = caller;
  request.callerKey = callerKey(caller);
  return caller;
}
