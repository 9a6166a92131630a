import { defineProblems } from '../platform/problems/index.js';

export const trafficProblems = defineProblems({
  batch_refused: { status: 422, title: 'Batch refused' },
  batch_not_found: { status: 404, title: 'Batch not found' },
  invalid_batch: { status: 422, title: 'Not a batch of records' },
  too_many_records: { status: 413, title: 'Too many records' },
  record_too_large: { status: 413, title: 'Record too large' },
  agreement_changed: { status: 409, title: 'Agreement changed meanwhile', retryAfter_s: 1 },
  batch_stalled: { status: 408, title: 'Batch arrived too slowly', retryAfter_s: 1 },
  too_many_batches: { status: 429, title: 'Too many batches of yours at once', retryAfter_s: 5 },
  ingest_busy: { status: 503, title: 'Too many batches at once', retryAfter_s: 5 },
  price_in_closed_period: { status: 409, title: 'Price takes effect in a closed period' },
  terms_in_closed_period: { status: 409, title: 'Terms take effect in a closed period' },
  customer_key_not_found: { status: 404, title: 'There is no such version of the key' },
  customer_key_in_use: { status: 409, title: 'The key is in use' },
  customers_not_pseudonymous: { status: 409, title: 'Customers are kept without pseudonyms' },
  customer_keys_unavailable: { status: 503, title: 'Keys of pseudonyms cannot be sealed or opened' },
  // Codes of single records, listed in a refused batch's errors.
  invalid_record: { status: 422, title: 'Malformed record' },
  record_conflict: { status: 422, title: 'Record stored with other content' },
  period_closed: { status: 422, title: 'Period takes no more records' },
  interval_in_future: { status: 422, title: 'Interval has not ended' },
  interval_too_long: { status: 422, title: 'Interval longer than a bucket' },
  unknown_scope_value: { status: 422, title: 'Value outside the scope' },
});
