import { formatAmount, parseAmount } from '../../money/index.js';
import { bucketName } from '../../reconciliation/rules/agreed-bytes.js';
import type { AgreedBytes } from '../../reconciliation/index.js';
import type { Resolution } from './dispute-state.js';
import { bucketOf, type BucketReference, type Cut, type Evidence } from './evidence.js';

/** A resolution as a party words it: bytes in decimal digits, an amount in major units. */
export type ProposedResolution =
  | { kind: 'bytes'; buckets: (BucketReference & { bytes: string })[] }
  | { kind: 'amount'; amount: string }
  | { kind: 'no_change' };

/** Something that makes no sense, with what would. */
export interface Mistake {
  pointer: string;
  detail: string;
}

/** What is wrong with the buckets that evidence refers to. */
export function mistakesInEvidence({ buckets }: Evidence, cut: Cut): Mistake[] {
  return buckets.flatMap((reference, index) => {
    const found = bucketOf(reference, cut);
    return 'pointer' in found
      ? [{ pointer: `/evidence/buckets/${index}${found.pointer}`, detail: found.detail }]
      : [];
  });
}

/**
 * A proposed resolution, or what is wrong with it. No more can be conceded than is disputed, since what goes
 * beyond the claim is another matter.
 */
export function readProposal(
  proposed: ProposedResolution,
  { cut, currency, disputed }: { cut: Cut; currency: string; disputed: bigint },
): { resolution: Resolution } | { mistakes: Mistake[] } {
  switch (proposed.kind) {
    case 'no_change':
      return { resolution: { kind: 'no_change' } };
    case 'amount':
      return readAmount(proposed.amount, currency, disputed);
    case 'bytes':
      return readBuckets(proposed.buckets, cut);
  }
}

function readAmount(text: string, currency: string, disputed: bigint): ReturnType<typeof readProposal> {
  const limit = disputed < 0n ? -disputed : disputed;
  const amount = amountIn(text, currency);
  if (amount !== null && amount > 0n && amount <= limit) return { resolution: { kind: 'amount', amount } };
  const detail =
    limit === 0n
      ? 'no money is at stake: agree on bytes, or on no change'
      : `use an amount of ${currency} above 0 and of at most ${formatAmount(limit, currency)}, which is disputed`;
  return { mistakes: [{ pointer: '/resolution/amount', detail }] };
}

function readBuckets(
  buckets: readonly (BucketReference & { bytes: string })[],
  cut: Cut,
): ReturnType<typeof readProposal> {
  const mistakes: Mistake[] = [];
  const agreed = new Map<string, AgreedBytes>();
  for (const [index, { bytes, ...reference }] of buckets.entries()) {
    const pointer = `/resolution/buckets/${index}`;
    const key = bucketOf(reference, cut);
    if ('pointer' in key) {
      mistakes.push({ pointer: pointer + key.pointer, detail: key.detail });
      continue;
    }
    const name = bucketName(key);
    if (agreed.has(name)) mistakes.push({ pointer, detail: 'name each bucket once' });
    agreed.set(name, { ...key, bytes: BigInt(bytes) });
  }
  if (mistakes.length > 0) return { mistakes };
  return { resolution: { kind: 'bytes', buckets: [...agreed.values()] } };
}

/** The minor units of an amount that a client wrote; null when it is none. */
export function amountIn(text: string, currency: string): bigint | null {
  try {
    return parseAmount(text, currency);
  } catch {
    return null;
  }
}
