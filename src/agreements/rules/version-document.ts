import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Terms } from './terms.js';

/** All that two acceptances bind: who, from when, on what terms. */
export interface VersionDocument {
  code: string;
  partyA: string;
  partyB: string;
  timezone: string;
  currency: string;
  effectiveFrom: string;
  terms: Terms;
}

/** The canonical text of a version (RFC 8785) and its SHA-256 in hex. */
export function sealVersion(document: VersionDocument): { text: string; sha256: string } {
  const text = canonicalize(document)!;
  return { text, sha256: createHash('sha256').update(text).digest('hex') };
}
