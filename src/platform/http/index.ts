export { AddRouteConfig, BodyLimit, Consumes } from './route-config.js';
export { ApiIfMatch, etagOf, Etagged, IfMatch, readPrecondition, type Precondition } from './etag.js';
export { exactNumber, InexactNumber, inexactNumbersIn } from './body/inexact-number.js';
export { Idempotent, type IdempotentOptions } from './idempotency/idempotent.js';
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
export { fieldErrors, pointerTo, RequestValidationPipe, validationFailed } from './validation.js';
export { httpProblems } from './problems.js';
export { pathOf, type BodyLimitName } from './request.js';
