import { defineProblems } from '../platform/problems/index.js';

/** What can be wrong with a caller. */
export const accessProblems = defineProblems({
  unauthenticated: {
    status: 401,
    title: 'No valid API key, token or session was sent',
    headers: ['WWW-Authenticate'],
  },
  insufficient_scope: {
    status: 403,
    title: 'The API key does not allow this',
    headers: ['WWW-Authenticate'],
  },
  cross_site_request: {
    status: 403,
    title: 'A request of a session did not prove that it comes from its own page',
  },
  session_not_found: { status: 404, title: 'The request was not made by a session' },
  session_not_extendable: { status: 403, title: 'A session cannot make another one' },
  too_many_active_keys: { status: 409, title: 'Two API keys of this name are active already' },
  rate_limited: { status: 429, title: 'Too many requests', headers: ['Retry-After'] },
  token_issuer_unavailable: {
    status: 503,
    title: 'The issuer of access tokens cannot be reached',
    retryAfter_s: 5,
  },
});
