import { DISPUTE_STEP } from './dispute-postings.js';

/** The document that an entry books. */
export interface EntrySource {
  sourceKind: string;
  sourceId: string;
  sourceLine: string | null;
}

/**
 * Where the document of an entry, or the line of it that it books, is read; null for a kind without a page. Credits
 * are shown to the provider whose book it is alone: the operator is led to the statement with which they came.
 */
export function sourceUrl(
  { sourceKind, sourceId, sourceLine }: EntrySource,
  reader: 'provider' | 'operator',
): string | null {
  switch (sourceKind) {
    case 'statement':
    case 'statement_void':
      return sourceLine === null
        ? `/v1/statements/${sourceId}`
        : `/v1/statements/${sourceId}/lines/${sourceLine}/explanation`;
    case 'credit':
    case 'credit_void':
      return `/v1/statements/${sourceId}${reader === 'provider' ? '/credits' : ''}`;
    case 'payment':
    case 'payment_reversal':
      return `/v1/payments/${sourceId}`;
    case DISPUTE_STEP:
      return sourceLine === null ? null : `/v1/disputes/${sourceLine}`;
    default:
      return null;
  }
}
