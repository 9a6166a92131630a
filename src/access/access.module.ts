import { Global, Module, type OnModuleInit } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule, DiscoveryService, HttpAdapterHost, MetadataScanner } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { DEMAND } from '../platform/http/index.js';
import { AccessGuard, identify } from './access.guard.js';
import { AccessService } from './access.service.js';

/** Keys, scopes, and the guard in front of every route; needs a `DatabaseModule` beside it. */
@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [AccessService, { provide: APP_GUARD, useClass: AccessGuard }],
  exports: [AccessService],
})
export class AccessModule implements OnModuleInit {
  constructor(
    private readonly access: AccessService,
    private readonly adapterHost: HttpAdapterHost,
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  onModuleInit(): void {
    const open = this.routesWithoutDemand();
    if (open.length > 0) {
      throw new Error(`These routes state neither @Public() nor @Scopes(): ${open.join(', ')}.`);
    }
    const fastify = this.adapterHost.httpAdapter?.getInstance<FastifyInstance>();
    if (fastify) identifyEarly(fastify, this.access);
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
function identifyEarly(fastify: FastifyInstance, access: AccessService): void {
  fastify.decorateRequest('caller', undefined);
  fastify.addHook('onRequest', async (request) => {
    if (request.routeOptions.config.needsCaller) await identify(request, access);
  });
}
