import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { INestApplication } from '@nestjs/common';
import { stringify } from 'yaml';
import { ProblemDocument } from './problem-document.js';

const METHODS = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'] as const;

/** The OpenAPI 3.1 description of an app's routes, the same for the same code. */
export function buildOpenApi(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('peerledger')
    .setDescription(
      'The settlement ledger that lets clouds peer: reconciles both sides’ traffic reports, prices them by their ' +
        'agreement and keeps double-entry books both rivals can trust. Bytes, prices and money are decimal strings.',
    )
    .setVersion('1')
    .setLicense('MIT', 'https://spdx.org/licenses/MIT.html')
    .addServer('/')
    .addBearerAuth(
      {
        type: 'http',
        scheme: 'bearer',
        description: 'An API key, plk_live_..., or an OAuth 2.0 access token of the configured issuer',
      },
      'key',
    )
    .addCookieAuth(
      '__Host-peerledger',
      {
        type: 'apiKey',
        in: 'cookie',
        description:
          'A session; what changes something also needs its csrfToken in the header X-CSRF-Token, and to come from ' +
          'a page of this origin',
      },
      'session',
    )
    .build();
  const document = SwaggerModule.createDocument(app, config, { extraModels: [ProblemDocument] });
  for (const item of Object.values(document.paths)) {
    for (const method of METHODS) if (item[method]) addProblems(item[method]);
  }
  document.paths = sorted(document.paths);
  document.components = {
    ...document.components,
    schemas: sorted(document.components?.schemas ?? {}),
  };
  const { openapi, info, servers, tags, paths, components, ...rest } = document;
  return { openapi, info, ...(servers && { servers }), ...(tags && { tags }), ...rest, paths, components };
}

/** The document as YAML, with the same bytes for the same document. */
export function renderOpenApi(document: OpenAPIObject): string {
  return stringify(JSON.parse(JSON.stringify(document)), { lineWidth: 110, aliasDuplicateObjects: false });
}

function addProblems(operation: OpenAPIObject['paths'][string]['get'] & object): void {
  const success = Object.entries(operation.responses).filter(([status]) => status !== 'default');
  operation.responses = {
    ...Object.fromEntries(success),
    default: {
      description: 'A problem (RFC 9457); its code says which',
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemDocument' } } },
    },
  };
}

function sorted<Value>(record: Record<string, Value>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
