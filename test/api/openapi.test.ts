import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { Module } from '@nestjs/common';
import { Validator } from '@seriousme/openapi-schema-validator';
import { parse } from 'yaml';
import { AccessModule } from '../../src/access/index.js';
// Routes name problems of rooms above their own, which have to be declared.
import '../../src/app.module.js';
import { DatabaseModule, unconnectedDatabases } from '../../src/platform/database/index.js';
import { HttpModule, openApiText, writeOpenApi } from '../../src/platform/http/index.js';
import { ProvidersModule } from '../../src/providers/index.js';

@Module({
  imports: [
    DatabaseModule.forRoot(unconnectedDatabases().database),
    HttpModule,
    AccessModule,
    ProvidersModule,
  ],
})
class Root {}

describe('the OpenAPI document', () => {
  let text: string;
  let document: any;
  beforeAll(async () => {
    text = await openApiText(Root);
    document = parse(text);
  });

  it('is made without a database, the same each time', async () => {
    expect(await openApiText(Root)).toBe(text);
  });

  it('is valid OpenAPI 3.1', async () => {
    const result = await new Validator().validate(document);
    expect(result.errors).toBeUndefined();
    expect(document.openapi).toBe('3.1.0');
  });

  it('tells of keys, pages and Idempotency-Key', () => {
    const { post, get } = document.paths['/v1/providers'];
    expect(post.security).toEqual([{ key: [] }, { session: [] }]);
    expect(post.parameters).toEqual([
      expect.objectContaining({ name: 'Idempotency-Key', in: 'header', required: true }),
    ]);
    expect(get.parameters.map(({ name }: { name: string }) => name).sort()).toEqual(['cursor', 'limit']);
    expect(document.paths['/health/live'].get.security).toBeUndefined();
  });

  it('is checked for drift', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'openapi-'));
    const path = join(folder, 'openapi.yaml');
    const said = jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
    try {
      expect(await writeOpenApi(Root, path, true)).toBe(1);
      expect(await writeOpenApi(Root, path, false)).toBe(0);
      expect(await readFile(path, 'utf8')).toBe(text);
      expect(await writeOpenApi(Root, path, true)).toBe(0);
      await writeFile(path, text.replace('peerledger', 'another'));
      expect(await writeOpenApi(Root, path, true)).toBe(1);
      expect(String(said.mock.calls.at(-1)?.[0])).toContain('npm run openapi');
    } finally {
      said.mockRestore();
      await rm(folder, { recursive: true });
    }
  });
});
