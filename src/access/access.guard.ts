import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DEMAND } from '../platform/http/index.js';
import { Admission } from './admission.js';
import type { Demand } from './decorators.js';

/** Lets nobody through who does not meet the route's demand. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly admission: Admission,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const demand = this.reflector.get<Demand | undefined>(DEMAND, context.getHandler());
    if (demand === 'public') return true;
    if (!demand) throw new Error('a route states neither @Public() nor @Scopes()');
    const http = context.switchToHttp();
    const caller = await this.admission.admit(
      http.getRequest<FastifyRequest>(),
      http.getResponse<FastifyReply>(),
    );
    this.admission.demand(caller, demand.scopes);
    return true;
  }
}
