import { defineProblems } from '../platform/problems/index.js';

/** What can be wrong with providers, their keys and their prices. */
export const providersProblems = defineProblems({
  provider_not_found: { status: 404, title: 'There is no such provider' },
  provider_code_taken: { status: 409, title: 'A provider with this code exists' },
  api_key_not_found: { status: 404, title: 'There is no such API key' },
  scope_not_grantable: { status: 403, title: 'The scope cannot be granted' },
  signing_key_not_found: { status: 404, title: 'There is no such signing key' },
  signing_key_revoked: { status: 409, title: 'The signing key is revoked' },
  too_many_signing_keys: { status: 409, title: 'Too many signing keys' },
  list_price_conflict: { status: 409, title: 'A price that is already there has other content' },
});
