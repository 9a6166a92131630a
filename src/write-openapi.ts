import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { AccessModule } from './access/index.js';
import { DatabaseModule, unconnectedDatabase } from './platform/database/index.js';
import { HttpModule, writeOpenApi } from './platform/http/index.js';
import { ProvidersModule } from './providers/index.js';

/** Writes `openapi.yaml` from the code; with `--check` it only says whether the file is current. */
@Module({
  imports: [DatabaseModule.forRoot(unconnectedDatabase()), HttpModule, AccessModule, ProvidersModule],
})
class DescribedApp {}

process.exitCode = await writeOpenApi(DescribedApp, 'openapi.yaml', process.argv.includes('--check'));
