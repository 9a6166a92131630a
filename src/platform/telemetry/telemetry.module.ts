import { Global, Module } from '@nestjs/common';
import { Metrics } from './metrics.js';
import { ReadinessRegistry } from './readiness.js';

/** Metrics and readiness, for every module to add to. */
@Global()
@Module({ providers: [Metrics, ReadinessRegistry], exports: [Metrics, ReadinessRegistry] })
export class TelemetryModule {}
