export { createLogger, NestLogger } from './logger.js';
export { Metrics } from './metrics.js';
export { ReadinessRegistry, type Probe, type ProbeResult } from './readiness.js';
export { TelemetryModule } from './telemetry.module.js';
