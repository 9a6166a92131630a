import { stringify } from 'csv-stringify/sync';
import { formatInstant } from '../../period/index.js';
import type { ComparedBucket } from './compare-bucket.js';

const COLUMNS = [
  'direction',
  'start',
  'end',
  'sourceRegion',
  'destinationRegion',
  'service',
  'senderBytes',
  'receiverBytes',
  'settledBytes',
  'discrepancyBytes',
  'status',
  'agreedBytes',
] as const;

/** A part of a list of buckets as CSV, with further columns after them; the first part has the header. */
export function bucketsCsv(
  rows: readonly { bucket: ComparedBucket; more?: Record<string, string> }[],
  { header, further = [] }: { header: boolean; further?: readonly string[] },
): string {
  const cells = rows.map(({ bucket, more }) => ({ ...cellsOf(bucket), ...more }));
  return stringify(cells, { header, columns: [...COLUMNS, ...further], record_delimiter: '\r\n' });
}

function cellsOf(bucket: ComparedBucket): Record<(typeof COLUMNS)[number], string> {
  const { scope, agreedBytes } = bucket;
  return {
    direction: bucket.direction,
    start: formatInstant(bucket.start),
    end: formatInstant(bucket.end),
    sourceRegion: inertCell(scope.sourceRegion),
    destinationRegion: inertCell(scope.destinationRegion),
    service: inertCell(scope.service),
    senderBytes: bucket.senderBytes === null ? '' : String(bucket.senderBytes),
    receiverBytes: bucket.receiverBytes === null ? '' : String(bucket.receiverBytes),
    settledBytes: String(bucket.settledBytes),
    discrepancyBytes: String(bucket.discrepancyBytes),
    status: bucket.status,
    agreedBytes: agreedBytes === undefined ? '' : String(agreedBytes),
  };
}

/** Keeps a spreadsheet from taking a scope's value for a formula (OWASP, CSV injection). */
function inertCell(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}
