import { Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { TelemetryModule } from '../telemetry/index.js';
import { EtagInterceptor } from './etag.interceptor.js';
import { HealthController } from './health.controller.js';
import { IdempotencyInterceptor } from './idempotency/idempotency.interceptor.js';
import { IdempotencyService } from './idempotency/idempotency.service.js';
import { PageLinkInterceptor } from './page-link.interceptor.js';
import { ProblemFilter } from './problem.filter.js';
import { ProblemsController } from './problems.controller.js';
import { TenantInterceptor } from './tenant.interceptor.js';
import { UnreadBodyInterceptor } from './unread-body.interceptor.js';
import { RequestValidationPipe } from './validation.js';

/** The conventions that every route keeps; needs a `DatabaseModule` beside it. */
@Global()
@Module({
  imports: [TelemetryModule],
  controllers: [HealthController, ProblemsController],
  providers: [
    IdempotencyService,
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: APP_PIPE, useClass: RequestValidationPipe },
    // The order counts: what a request stores of itself is stored for its caller, too.
    { provide: APP_INTERCEPTOR, useClass: TenantInterceptor },
    { provide: APP_INTERCEPTOR, useClass: UnreadBodyInterceptor },
    { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
    { provide: APP_INTERCEPTOR, useClass: EtagInterceptor },
    { provide: APP_INTERCEPTOR, useClass: PageLinkInterceptor },
  ],
  exports: [IdempotencyService],
})
export class HttpModule {}
