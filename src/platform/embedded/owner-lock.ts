import { linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedPostgresError, systemCode } from './errors.js';
import { identify, isAlive, type ProcessIdentity } from './process-table.js';

const LOCK_NAME = /^service\.(\d+)\.lock$/;
const MAX_ATTEMPTS = 100;

/** Proof that this process alone serves the data directory. */
export interface OwnerLock {
  release(): void;
}

/**
 * Claims the data directory for this process, or fails when a living process holds it.
 *
 * Each claim is a new file with the next number, made by `link`, which fails when the file exists and
 * shows the whole content at once. The highest number holds the claim and is never deleted, only
 * superseded, so two processes that find the same dead owner cannot both take its place.
 */
export function claimDataDir(dataDir: string): OwnerLock {
  const self = identify(process.pid) ?? { pid: process.pid, started: null };
  const draft = join(dataDir, `service.${process.pid}.${Date.now()}.draft`);
  writeFileSync(draft, JSON.stringify(self), { mode: 0o644 });
  try {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const highest = highestClaim(dataDir);
      refuseLivingOwner(dataDir, highest);
      const mine = highest + 1;
      if (!linkIfAbsent(draft, claimPath(dataDir, mine))) continue;
      // A late comer may have re-made a number that was swept away as superseded: then it is not the highest.
      if (highestClaim(dataDir) !== mine) {
        rmSync(claimPath(dataDir, mine), { force: true });
        continue;
      }
      sweepOlderClaims(dataDir, mine);
      return { release: () => markReleased(dataDir, mine) };
    }
  } finally {
    rmSync(draft, { force: true });
  }
  throw new EmbeddedPostgresError(
    'data_dir_in_use',
    `Too many services are starting on the data directory "${dataDir}" at once. Start only one.`,
  );
}

function refuseLivingOwner(dataDir: string, claim: number): void {
  const owner = readClaim(dataDir, claim);
  if (!owner || !isAlive(owner)) return;
  throw new EmbeddedPostgresError(
    'data_dir_in_use',
    `The data directory "${dataDir}" is in use by a running service (process ${owner.pid}). ` +
      'Stop that service first, or set DATA_DIR to another folder.',
  );
}

function highestClaim(dataDir: string): number {
  return claims(dataDir).reduce((highest, claim) => Math.max(highest, claim), 0);
}

function claims(dataDir: string): number[] {
  return readdirSync(dataDir).flatMap((name) => {
    const number = LOCK_NAME.exec(name)?.[1];
    return number ? [Number(number)] : [];
  });
}

function readClaim(dataDir: string, claim: number): ProcessIdentity | null {
  if (claim === 0) return null;
  try {
    const value: unknown = JSON.parse(readFileSync(claimPath(dataDir, claim), 'utf8'));
    return isIdentity(value) ? value : null;
  } catch (error) {
    // Superseded meanwhile (ENOENT) or torn by a power cut: neither names a living owner.
    if (systemCode(error) === 'ENOENT' || error instanceof SyntaxError) return null;
    throw error;
  }
}

function isIdentity(value: unknown): value is ProcessIdentity {
  return typeof value === 'object' && value !== null && 'pid' in value && typeof value.pid === 'number';
}

function linkIfAbsent(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

function sweepOlderClaims(dataDir: string, mine: number): void {
  for (const claim of claims(dataDir)) {
    if (claim < mine) rmSync(claimPath(dataDir, claim), { force: true });
  }
}

/** Empties the claim rather than deleting it: a deleted highest number could be claimed twice. */
function markReleased(dataDir: string, mine: number): void {
  const empty = join(dataDir, `service.${process.pid}.${Date.now()}.draft`);
  try {
    writeFileSync(empty, JSON.stringify({ released: true }));
    renameSync(empty, claimPath(dataDir, mine));
  } catch {
    // The folder was removed or the disk is full: our death releases the claim all the same.
    rmSync(empty, { force: true });
  }
}

function claimPath(dataDir: string, claim: number): string {
  return join(dataDir, `service.${claim}.lock`);
}
