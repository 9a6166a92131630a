import { readFile } from 'node:fs/promises';
import type { JWK } from 'jose';
import type { FileCheck, Finding } from './file-check.js';

/** A mistake of whoever called, in a sentence for them. */
export class UsageError extends Error {}

export interface VerifyOptions {
  /** A JWK Set (RFC 7517) or a single JWK; its keys are trusted. */
  keysPath?: string | undefined;
  signaturesPath?: string | undefined;
}

/** Checks a file by the first of `checks` that knows its kind. Throws UsageError where none does. */
export async function verifyFile(
  path: string,
  checks: readonly FileCheck[],
  { keysPath, signaturesPath }: VerifyOptions,
): Promise<{ kind: string; findings: Finding[] }> {
  const content = await readObject(path);
  const check = checks.find((each) => each.recognises(content));
  if (!check) {
    const known = checks.map(({ kind }) => kind).join(', ');
    throw new UsageError(`${path} is none of the files that can be checked: ${known}.`);
  }
  const evidence = {
    keys: keysPath === undefined ? [] : keysIn(await readObject(keysPath), keysPath),
    signatures: signaturesPath === undefined ? null : await readObject(signaturesPath),
  };
  return { kind: check.kind, findings: await check.check(content, evidence) };
}

async function readObject(path: string): Promise<Record<string, unknown>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${(error as NodeJS.ErrnoException).code}.`);
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
  } catch {
    // Said below, like any other content that is no object.
  }
  throw new UsageError(`${path} does not hold a JSON object.`);
}

function keysIn(content: Record<string, unknown>, path: string): JWK[] {
  if (Array.isArray(content.keys)) return content.keys as JWK[];
  if (typeof content.kty === 'string') return [content];
  throw new UsageError(`${path} holds neither a JWK Set nor a JWK.`);
}
