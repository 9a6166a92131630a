import { expect } from '@jest/globals';
import type { Random } from '../support/random.js';
import { money } from './oracle/fraction.js';
import type { Peering } from './peering.js';
import { mirrored, owedBy } from './positions.js';

/**
 * Holds both parties' balances against each other as of every instant at which anything took effect or was
 * recorded, and those of each issue against the statement.
 */
export async function checkInstants(peering: Peering, random: Random): Promise<void> {
  const entries = await peering.entries('A');
  const instants = entries.flatMap(({ effectiveAt, recordedAt }) => [
    { asOf: effectiveAt },
    { recordedAsOf: recordedAt },
    { asOf: effectiveAt, recordedAsOf: random.pick(entries).recordedAt },
  ]);
  for (const at of new Set(instants.map((each) => String(new URLSearchParams(each))))) {
    const [a, b] = [await peering.position('A', at), await peering.position('B', at)];
    expect({ at, ...a }).toEqual({ at, ...mirrored(b) });
  }
  for (const { id, closingBalance } of peering.issued) {
    const posted = entries.find(({ source }) => source.kind === 'statement' && source.id === id);
    if (!posted) continue;
    const at = new URLSearchParams({ recordedAsOf: justAfter(posted.recordedAt) });
    const owed = owedBy(await peering.position('A', String(at)));
    expect(money(owed, peering.books.decimals)).toBe(closingBalance);
  }
}

/** Instants are shown in whole milliseconds, and more was recorded in the last. */
function justAfter(instant: string): string {
  return new Date(Date.parse(instant) + 1).toISOString();
}
