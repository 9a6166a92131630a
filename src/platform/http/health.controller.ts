import { Controller, Get, Header, Logger, type OnModuleInit } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Database, NOBODY, pendingMigrations } from '../database/index.js';
import { defineProblems } from '../problems/index.js';
import { Metrics, ReadinessRegistry } from '../telemetry/index.js';
import { Problems } from './openapi/problems-of.js';
import { Public } from './public.js';
import { findAppliedMigrations } from './sql/find-applied-migrations.js';

const healthProblems = defineProblems({
  not_ready: { status: 503, title: 'The service is not ready for requests', retryAfter_s: 5 },
});

/** That the process, or all it relies on, is well. */
export class Health {
  @ApiProperty({ type: String, example: 'ok' })
  status: string;

  @ApiProperty({ type: [String], description: 'What was looked at', example: ['database', 'migrations'] })
  checks: string[];
}

/** What an orchestrator asks: liveness looks at the process only, readiness at what it needs. */
@ApiTags('about')
@Controller()
export class HealthController implements OnModuleInit {
  private readonly logger = new Logger('health');

  constructor(
    private readonly database: Database,
    private readonly readiness: ReadinessRegistry,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    const { database } = this;
    this.readiness.register('database', () =>
      database.actFor(NOBODY, async () => {
        await database.query('SELECT 1');
      }),
    );
    this.readiness.register('migrations', () =>
      database.actFor(NOBODY, async () => {
        const pending = pendingMigrations(await findAppliedMigrations(database));
        if (pending.length > 0) throw new Error(`not applied: ${pending.join(', ')}`);
      }),
    );
  }

  @Get('health/live')
  @Public({ isUnlimited: true })
  @ApiOperation({ operationId: 'getLiveness', summary: 'Whether the process runs' })
  @ApiOkResponse({ type: Health })
  live(): Health {
    return { status: 'ok', checks: [] };
  }

  @Get('health/ready')
  @Public({ isUnlimited: true })
  @Problems('not_ready')
  @ApiOperation({ operationId: 'getReadiness', summary: 'Whether the service can answer requests' })
  @ApiOkResponse({ type: Health })
  async ready(): Promise<Health> {
    const results = await this.readiness.check();
    const failed = results.filter((result) => 'error' in result);
    if (failed.length === 0) return { status: 'ok', checks: results.map(({ name }) => name) };
    for (const { name, error } of failed) this.logger.warn({ probe: name, err: error });
    const names = failed.map(({ name }) => name);
    throw healthProblems.not_ready(`Not ready: ${names.join(', ')}.`, {
      errors: names.map((name) => ({
        pointer: '',
        code: 'probe_failed',
        detail: `${name} cannot be relied on now.`,
      })),
    });
  }

  @Get('metrics')
  @Public({ isUnlimited: true })
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  @ApiOperation({ operationId: 'getMetrics', summary: 'What the process measures of itself, for Prometheus' })
  @ApiOkResponse({
    content: {
      'text/plain': {
        schema: { type: 'string' },
        example: '# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total 1.5\n',
      },
    },
  })
  async read(): Promise<string> {
    return this.metrics.registry.metrics();
  }
}
