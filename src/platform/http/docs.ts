import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { buildOpenApi, renderOpenApi } from './openapi.js';

/** Serves `/openapi.yaml` and `/docs`, which needs nothing from elsewhere. */
export function serveDocs(app: NestFastifyApplication): void {
  let built: OpenAPIObject | undefined;
  const document = (): OpenAPIObject => (built ??= buildOpenApi(app));
  let yaml: string | undefined;
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  fastify.get('/openapi.yaml', (_request, reply) => {
    void reply.type('application/yaml; charset=utf-8').send((yaml ??= renderOpenApi(document())));
  });
  SwaggerModule.setup('docs', app, document, {
    raw: false,
    customSiteTitle: 'peerledger API',
    swaggerOptions: { validatorUrl: null, persistAuthorization: false },
  });
}
