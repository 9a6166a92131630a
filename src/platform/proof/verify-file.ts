import { readFile } from 'node:fs/promises';
import type { JWK } from 'jose';
import { parseJson } from '../json/index.js';
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
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${(error as NodeJS.ErrnoException).code}.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    // Said below, like any other content that is no object.
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UsageError(`${path} does not hold a JSON object.`);
  refuseAmbiguous(path, bytes);
  return value as Record<string, unknown>;
}

/** What stands in a file twice would be hashed by its last value, and may be read by its first. */
function refuseAmbiguous(path: string, bytes: Buffer): void {
  try {
    parseJson(bytes);
  } catch (error) {
    throw new UsageError(`${path} may be read in more than one way: ${(error as Error).message}`);
  }
}

function keysIn(content: Record<string, unknown>, path: string): JWK[] {
  if (Array.isArray(content.keys)) return content.keys as JWK[];
  if (typeof content.kty === 'string') return [content];
  throw new UsageError(`${path} holds neither a JWK Set nor a JWK.`);
}
