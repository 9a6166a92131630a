import { readFile, writeFile } from 'node:fs/promises';
import type { DynamicModule, Type } from '@nestjs/common';
import { createLogger } from '../../telemetry/index.js';
import { createHttpApp } from '../create-app.js';
import { buildOpenApi, renderOpenApi } from './build-openapi.js';

/** What `openapi.yaml` has to contain; needs no database. */
export async function openApiText(rootModule: Type | DynamicModule): Promise<string> {
  const app = await createHttpApp(rootModule, { logger: createLogger({ level: 'error' }), preview: true });
  return renderOpenApi(buildOpenApi(app));
}

/** Writes the file, or, with `check`, only says whether it is current. Gives the process's exit code. */
export async function writeOpenApi(
  rootModule: Type | DynamicModule,
  path: string,
  check: boolean,
): Promise<number> {
  const text = await openApiText(rootModule);
  if (!check) {
    await writeFile(path, text);
    return 0;
  }
  const present = await readFile(path, 'utf8').catch(() => '');
  if (present === text) return 0;
  process.stderr.write(
    `${path} does not describe the routes as they are; run \`npm run openapi\` and commit it.\n`,
  );
  return 1;
}
