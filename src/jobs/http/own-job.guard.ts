import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { tenantOf } from '../../access/index.js';
import { Database } from '../../platform/database/index.js';
import { JobsService } from '../jobs.service.js';

/** Answers strangers before an event stream begins, while its status can still say 404. */
@Injectable()
export class OwnJobGuard implements CanActivate {
  constructor(
    private readonly database: Database,
    private readonly jobs: JobsService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest<{ Params: { id: string } }>>();
    const caller = request.caller!;
    await this.database.actFor(tenantOf(caller), () => this.jobs.find(caller, request.params.id));
    return true;
  }
}
