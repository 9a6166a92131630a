import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { centsOf } from './oracle/fraction.js';
import type { Peering } from './peering.js';

/** Whether this machine has hledger; `.ci/run` installs it. */
export function hasHledger(): boolean {
  try {
    execFileSync('hledger', ['--version']);
    return true;
  } catch {
    return false;
  }
}

/** Holds the journals of A's book of all months to `hledger check`, and what they owe to what was charged. */
export async function checkJournals(peering: Peering): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'six-months-'));
  try {
    const files: string[] = [];
    for (const { id } of peering.statements) {
      const { text } = await peering.get('A', `/v1/statements/${id}.journal`);
      files.push(join(folder, `${id}.journal`));
      writeFileSync(files.at(-1)!, text);
    }
    const all = files.flatMap((file) => ['-f', file]);
    execFileSync('hledger', ['check', '--strict', ...all]);
    const report = ['balance', ...all, '-N', '--flat', '-O', 'csv', 'liabilities:payable'];
    const balance = execFileSync('hledger', report).toString();
    const { decimals } = peering.books;
    const owed = [...balance.matchAll(/"[A-Z]{3} (-?[\d.]+)"/g)].map(([, amount]) =>
      centsOf(amount!, decimals),
    );
    const charged = peering.statements.map(({ payableByA }) => centsOf(payableByA, decimals));
    const sum = (amounts: bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);
    expect(owed.length).toBeGreaterThan(0);
    expect(sum(owed)).toBe(-sum(charged));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
