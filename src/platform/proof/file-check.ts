import type { JWK } from 'jose';

/** One thing that was looked at in a file. */
export interface Finding {
  /** What was checked, such as `hash`. */
  check: string;
  ok: boolean;
  /** What was found, in a sentence. */
  detail: string;
}

/** What whoever checks a file brings along. */
export interface Evidence {
  /** Public keys that are trusted, by their owners' word or the service's key page. */
  keys: readonly JWK[];
  /** Content of the file given by `--signatures`, or null. */
  signatures: unknown;
}

/** Checks one kind of file without any server. A room gives one for each kind of file that it issues. */
export interface FileCheck {
  /** Such as `a statement`. */
  kind: string;
  recognises(content: Record<string, unknown>): boolean;
  /** `content` is parsed as it is; whoever hashes it writes it canonically again (RFC 8785). */
  check(content: Record<string, unknown>, evidence: Evidence): Promise<Finding[]>;
}
