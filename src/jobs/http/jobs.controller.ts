import {
  Controller,
  Get,
  Param,
  Sse,
  UseGuards,
  type MessageEvent,
  type OnModuleDestroy,
} from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import {
  concatMap,
  distinctUntilChanged,
  from,
  map,
  Subject,
  takeUntil,
  takeWhile,
  timer,
  type Observable,
} from 'rxjs';
import { CurrentCaller, Scopes, tenantOf, type Caller } from '../../access/index.js';
import { Database } from '../../platform/database/index.js';
import { JobsService } from '../jobs.service.js';
import type { JobRow } from '../sql/job-row.js';
import { JobView, showJob } from './job.view.js';
import { OwnJobGuard } from './own-job.guard.js';
import { AnswerHeaders, Problems } from '../../platform/http/index.js';

const POLL_MS = 250;

@ApiTags('jobs')
@ApiParam({ name: 'id', description: 'Id of the job', example: '019a7d3c-5e80-7000-8000-000000000001' })
@Problems('job_not_found')
@Controller('v1/jobs/:id')
export class JobsController implements OnModuleDestroy {
  private readonly stopping = new Subject<void>();

  constructor(
    private readonly database: Database,
    private readonly jobs: JobsService,
  ) {}

  /** Ends what would keep a stop waiting for as long as jobs take; clients connect again elsewhere. */
  onModuleDestroy(): void {
    this.stopping.next();
    this.stopping.complete();
  }

  @Get()
  @Scopes('statements:read')
  @ApiOperation({ operationId: 'getJob', summary: 'How far a job is, and what it came to' })
  @ApiOkResponse({ type: JobView })
  async get(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<JobView> {
    return showJob(await this.jobs.find(caller, id));
  }

  @Sse('events')
  @UseGuards(OwnJobGuard)
  @Scopes('statements:read')
  @ApiOperation({
    operationId: 'watchJob',
    summary: 'A job’s changes as server-sent events, until it is finished',
  })
  @ApiOkResponse({
    description: 'Events of the type `job`, each with the job as its data',
    content: {
      'text/event-stream': {
        schema: { type: 'string' },
        example: 'event: job\nid: 1\ndata: {"kind":"close_period","state":"running"}\n\n',
      },
    },
  })
  @AnswerHeaders(200, 'Expires', 'Pragma', 'X-Accel-Buffering')
  events(@CurrentCaller() caller: Caller, @Param('id') id: string): Observable<MessageEvent> {
    // The events come when the request's handler has long returned.
    const look = (): Promise<JobRow> =>
      this.database.actFor(tenantOf(caller), () => this.jobs.find(caller, id));
    return timer(0, POLL_MS).pipe(
      concatMap(() => from(look())),
      distinctUntilChanged((a, b) => a.touchedAt.getTime() === b.touchedAt.getTime() && a.state === b.state),
      takeWhile(({ state }) => state === 'queued' || state === 'running', true),
      map((job) => ({ type: 'job', data: showJob(job) })),
      takeUntil(this.stopping),
    );
  }
}
