import canonicalize from 'canonicalize';
import type { Evidence, FileCheck, Finding } from '../platform/proof/index.js';
import { isSignedBy, readDetachedJws } from '../platform/signing/index.js';
import { hashOfStatementFile } from './rules/statement-check.js';

/** Checks a statement.json as it was downloaded: its hash, and the signatures that are brought along. */
export const statementCheck: FileCheck = {
  kind: 'a statement',
  recognises: ({ number, sha256, lines }) =>
    typeof number === 'string' && typeof sha256 === 'string' && Array.isArray(lines),
  check: async (content, evidence) => [checkHash(content), ...(await checkSignatures(content, evidence))],
};

function checkHash(content: Record<string, unknown>): Finding {
  const [number, stated] = [content.number as string, content.sha256 as string];
  const sha256 = hashOfStatementFile(content);
  const ok = sha256 === stated;
  const detail = ok
    ? `${number} has the SHA-256 ${sha256}, as it says.`
    : `${number} says ${stated}, but its content has ${sha256}.`;
  return { check: 'hash', ok, detail };
}

async function checkSignatures(
  content: Record<string, unknown>,
  { keys, signatures }: Evidence,
): Promise<Finding[]> {
  const given = (signatures as { signatures?: unknown } | null)?.signatures;
  if (!Array.isArray(given)) {
    return [
      { check: 'signatures', ok: signatures === null, detail: 'None were given, so none were checked.' },
    ];
  }
  const payload = Buffer.from(canonicalize(content)!);
  return Promise.all(
    given.map(async (each: { signer?: unknown; jws?: unknown; signedAt?: unknown }): Promise<Finding> => {
      const check = `signature of ${typeof each.signer === 'string' ? each.signer : 'the service'}`;
      const jws = typeof each.jws === 'string' ? each.jws : '';
      const header = readDetachedJws(jws);
      if (!header) return { check, ok: false, detail: 'It is no detached JWS of Ed25519.' };
      const key = keys.find(({ kid }) => kid !== undefined && kid === header.kid);
      if (!key)
        return { check, ok: false, detail: `Its key ${header.kid} is not among those given with --keys.` };
      if (isRevoked(key, each.signedAt)) {
        const detail = `Its key ${header.kid} was revoked before it was made, or nobody says when it was made.`;
        return { check, ok: false, detail };
      }
      const ok = await isSignedBy(jws, payload, key);
      return {
        check,
        ok,
        detail: ok ? `It is over this file, by the key ${header.kid}.` : 'It is not over this file.',
      };
    }),
  );
}

/** A provider's list of keys says of one from when on it signs nothing. */
function isRevoked({ revokedAt }: Record<string, unknown>, signedAt: unknown): boolean {
  if (typeof revokedAt !== 'string') return false;
  return typeof signedAt !== 'string' || !(Date.parse(signedAt) < Date.parse(revokedAt));
}
