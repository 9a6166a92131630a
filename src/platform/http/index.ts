export { AddRouteConfig, BodyLimit, Consumes, ReadsStreams } from './route-config.js';
export { createHttpApp, renewTls, type HttpAppOptions, type TlsFiles } from './create-app.js';
export { DEFAULT_LIMITS, type HttpLimits } from './body/read-body.js';
export {
  ApiIfMatch,
  ApiIfNoneMatch,
  etagOf,
  Etagged,
  IfMatch,
  noneMatch,
  readPrecondition,
  type Precondition,
} from './etag.js';
export { HttpModule } from './http.module.js';
export {
  bodySha256,
  findClaim,
  fingerprintOf,
  requireClaim,
  type IdempotencyClaim,
} from './idempotency/claim.js';
export { ApiIdempotencyKey, Idempotent, type IdempotentOptions } from './idempotency/idempotent.js';
export { IdempotencyService } from './idempotency/idempotency.service.js';
export { buildOpenApi, renderOpenApi } from './openapi/build-openapi.js';
export { openApiText, writeOpenApi } from './openapi/openapi-file.js';
export { ApiCsv } from './openapi/api-csv.js';
export { AnswerHeaders } from './openapi/headers-of.js';
export { Distinct } from './distinct.js';
export { Limits } from './openapi/limits.js';
export { Problems, ProblemsOfChanges } from './openapi/problems-of.js';
export { Nested, NestedList } from './nested.js';
export { Optional } from './optional.js';
export { OptionalBody } from './optional-body.js';
export {
  mapPage,
  page,
  PageOf,
  PageQuery,
  readCursor,
  writeCursor,
  type CursorKey,
  type Page,
} from './pagination.js';
export { isIdValue, isInstantValue, isOrdinalValue, isTextValue } from './cursor-values.js';
export { OfPeriod, PeriodParam } from './period-param.js';
export { FieldErrorDocument, ProblemDocument } from './problem-document.js';
export { httpProblems } from './problems.js';
export { DEMAND, Public } from './public.js';
export { renderProblem, type Answer } from './render-problem.js';
export { mediaTypeOf } from './body/media-type.js';
export { pathOf, type BodyLimitName } from './request.js';
export { INSTANT_EXPECTED, INSTANT_IN_URL_EXPECTED, NO_CONTROL_CHARACTERS, Satisfies } from './satisfies.js';
export { serveHealth, type HealthServer } from './serve-health.js';
export { StoredAnswer } from './stored-answer.js';
export { isUnreachable, toProblem } from './to-problem.js';
export { fieldErrors, RequestValidationPipe, validationFailed } from './validation.js';
