import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** Members of a statement file that its hash does not cover (domain contract, section 9). */
const OUTSIDE_THE_HASH = ['id', 'sha256', 'state'];

/** The SHA-256 in hex that a statement, as it was downloaded, ought to have. */
export function hashOfStatementFile(content: Record<string, unknown>): string {
  const document = Object.fromEntries(
    Object.entries(content).filter(([name]) => !OUTSIDE_THE_HASH.includes(name)),
  );
  const lines = (content.lines as Record<string, unknown>[]).map((line) =>
    Object.fromEntries(Object.entries(line).filter(([name]) => name !== 'id')),
  );
  return createHash('sha256')
    .update(canonicalize({ ...document, lines })!)
    .digest('hex');
}
