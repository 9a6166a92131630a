import { Global, Module, type OnModuleInit } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule, DiscoveryService, HttpAdapterHost, MetadataScanner } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { DEMAND } from '../platform/http/index.js';
import { AccessGuard } from './access.guard.js';
import { AccessService } from './access.service.js';
import { Admission } from './admission.js';
import { AuditChainsService } from './audit-chains.service.js';
import { AuditService } from './audit.service.js';
import { DenialLog } from './denial-log.js';
import { AuditEventsController } from './http/audit-events.controller.js';
import { SessionsController } from './http/sessions.controller.js';
import { followRequests } from './origin.js';
import { RateLimits } from './rate-limits.js';
import { SessionCookie } from './session-cookie.js';
import { SessionsService } from './sessions.service.js';
import { TokensService } from './tokens.service.js';

/**
 * Keys, tokens, sessions, limits, the guard in front of every route, and the audit log; needs `HttpModule` and a
 * `DatabaseModule` beside it.
 */
@Global()
@Module({
  imports: [DiscoveryModule],
  controllers: [AuditEventsController, SessionsController],
  providers: [
    AccessService,
    TokensService,
    SessionsService,
    SessionCookie,
    RateLimits,
    Admission,
    AuditChainsService,
    AuditService,
    DenialLog,
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  exports: [AccessService, AuditChainsService, AuditService, SessionsService],
})
export class AccessModule implements OnModuleInit {
  constructor(
    private readonly admission: Admission,
    private readonly adapterHost: HttpAdapterHost,
    private readonly denials: DenialLog,
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  onModuleInit(): void {
    const open = this.routesWithoutDemand();
    if (open.length > 0) {
      throw new Error(`These routes state neither @Public() nor @Scopes(): ${open.join(', ')}.`);
    }
    const fastify = this.adapterHost.httpAdapter?.getInstance<FastifyInstance>();
    if (!fastify) return;
    admitEarly(fastify, this.admission);
    followRequests(fastify);
    fastify.addHook('onResponse', (request, reply, done) => {
      this.denials.note(request, reply);
      done();
    });
  }

  private routesWithoutDemand(): string[] {
    return this.discovery.getControllers().flatMap(({ metatype }) => {
      const prototype = (metatype?.prototype ?? {}) as Record<string, object>;
      return this.scanner
        .getAllMethodNames(prototype)
        .filter((name) => isRoute(prototype[name]) && !Reflect.hasMetadata(DEMAND, prototype[name]!))
        .map((name) => `${metatype?.name}.${name}`);
    });
  }
}

function isRoute(method: object | undefined): boolean {
  return method !== undefined && Reflect.hasMetadata('path', method) && Reflect.hasMetadata('method', method);
}

/** Guards run when the body has been read; a stranger's body should not be. */
function admitEarly(fastify: FastifyInstance, admission: Admission): void {
  fastify.decorateRequest('caller', undefined);
  fastify.decorateRequest('refusedKey', undefined);
  fastify.addHook('onRequest', async (request, reply) => {
    const { needsCaller, isUnlimited } = request.routeOptions.config;
    if (needsCaller) await admission.admit(request, reply);
    else if (!isUnlimited) await admission.admitAnybody(request, reply);
  });
}
