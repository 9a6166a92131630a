import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { INestApplication } from '@nestjs/common';
import { stringify } from 'yaml';
import { ProblemDocument } from '../problem-document.js';
import { closeRequests } from './close-requests.js';
import { operationsOf, type Document } from './document.js';
import { addExamples } from './examples.js';
import { describeHeaders } from './headers-of.js';
import { describeLimits } from './limits.js';
import { describeProblems } from './problems-of.js';
import { shareAnswers } from './share-answers.js';

const DESCRIPTION =
  'The settlement ledger that lets clouds peer: reconciles both sides’ traffic reports, prices them by their ' +
  'agreement and keeps double-entry books both rivals can trust. Bytes, prices and money are decimal strings. ' +
  'Requests have the documented members and no others; answers may gain members. `x-scopes` names the scopes ' +
  'that a caller needs, `x-limits` what bounds a request, as it is unless it is configured otherwise, and ' +
  '`x-headers` what every answer has besides its own headers.';

/** The OpenAPI 3.1 description of an app's routes, the same for the same code. */
export function buildOpenApi(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('peerledger')
    .setDescription(DESCRIPTION)
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
  const created = SwaggerModule.createDocument(app, config, { extraModels: [ProblemDocument] });
  // Without the classes that the decorators left in it.
  const document = JSON.parse(JSON.stringify(created)) as Document;
  for (const { operation, method } of operationsOf(document)) describeProblems(operation, method);
  describeHeaders(document);
  shareAnswers(document);
  for (const { operation } of operationsOf(document)) describeLimits(operation);
  closeRequests(document);
  addExamples(document);
  document.paths = sorted(document.paths);
  document.components.schemas = sorted(document.components.schemas);
  const { openapi, info, servers, tags, paths, components, 'x-headers': headers, ...rest } = document;
  const ordered = {
    openapi,
    info,
    ...(servers && { servers }),
    ...(tags && { tags }),
    ...rest,
    paths,
    components,
    'x-headers': headers,
  };
  return ordered as unknown as OpenAPIObject;
}

/** The document as YAML, with the same bytes for the same document. */
export function renderOpenApi(document: OpenAPIObject): string {
  return stringify(JSON.parse(JSON.stringify(document)), { lineWidth: 110, aliasDuplicateObjects: false });
}

function sorted<Value>(record: Record<string, Value>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
