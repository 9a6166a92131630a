import type { FileCheck } from '../platform/proof/index.js';
import { hashOfStatementFile } from './rules/statement-check.js';

/** Checks a statement.json as it was downloaded. */
export const statementCheck: FileCheck = {
  kind: 'a statement',
  recognises: ({ number, sha256, lines }) =>
    typeof number === 'string' && typeof sha256 === 'string' && Array.isArray(lines),
  check: (content) => {
    const sha256 = hashOfStatementFile(content);
    const ok = sha256 === content.sha256;
    const detail = ok
      ? `${content.number as string} has the SHA-256 ${sha256}, as it says.`
      : `${content.number as string} says ${content.sha256 as string}, but its content has ${sha256}.`;
    return Promise.resolve([{ check: 'hash', ok, detail }]);
  },
};
