import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** Members of a statement file that its hash does not cover (domain contract, section 9). */
const OUTSIDE_THE_HASH = ['id', 'sha256', 'state'];

/** The SHA-256 in hex that a statement, as it was downloaded, ought to have. */
export function hashOfStatementFile(content: Record<string, unknown>): string {
  const document = Object.fromEntries(
    Object.entries(content).filter(([name]) => !OUTSIDE_THE_HASH.includes(name)),
  );
  // A line that is no object is no statement's; it stays, so that the hash cannot be that of one.
  const lines = (content.lines as unknown[]).map((line) =>
    typeof line === 'object' && line !== null
      ? Object.fromEntries(Object.entries(line).filter(([name]) => name !== 'id'))
      : line,
  );
  return createHash('sha256')
    .update(canonicalize({ ...document, lines })!)
    .digest('hex');
}
