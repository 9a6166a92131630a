import { defineProblems } from '../problems/index.js';

/** What can be wrong with a request before any room sees it. */
export const httpProblems = defineProblems({
  bad_request: { status: 400, title: 'The request is not well formed' },
  invalid_encoding: { status: 400, title: 'The body is not what its Content-Encoding says' },
  invalid_cursor: { status: 400, title: 'The cursor is not one that this list gave out' },
  idempotency_key_required: { status: 400, title: 'The Idempotency-Key header is missing' },
  invalid_idempotency_key: { status: 400, title: 'The Idempotency-Key header is not usable' },
  forbidden: { status: 403, title: 'Not allowed' },
  not_found: { status: 404, title: 'There is no such resource' },
  method_not_allowed: { status: 405, title: 'The resource does not know this method', headers: ['Allow'] },
  not_acceptable: { status: 406, title: 'No representation that the client accepts' },
  request_timeout: { status: 408, title: 'The request took too long to arrive' },
  conflict: { status: 409, title: 'The request conflicts with the state of the resource' },
  idempotency_in_progress: {
    status: 409,
    title: 'A request with this Idempotency-Key is still running',
    retryAfter_s: 1,
  },
  precondition_failed: { status: 412, title: 'The resource has changed meanwhile' },
  payload_too_large: { status: 413, title: 'The body is too large' },
  uri_too_long: { status: 414, title: 'A part of the path is too long' },
  unsupported_media_type: {
    status: 415,
    title: 'The body has a type or encoding that is not taken here',
    headers: ['Accept-Post', 'Accept-Encoding'],
  },
  validation_failed: { status: 422, title: 'The content of the request is not valid' },
  idempotency_key_reused: { status: 422, title: 'The Idempotency-Key was used for another request' },
  precondition_required: { status: 428, title: 'The If-Match header is missing' },
  too_many_requests: { status: 429, title: 'Too many requests' },
  headers_too_large: { status: 431, title: 'The request headers are too large' },
  internal_error: { status: 500, title: 'Something went wrong on our side' },
  service_unavailable: { status: 503, title: 'The service cannot answer just now', retryAfter_s: 5 },
});
