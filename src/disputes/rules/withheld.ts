/** What an open dispute contests of one line. */
export interface LineClaim {
  disputeId: string;
  lineId: string;
  /** What the line charged, in minor units, signed. */
  charged: bigint;
  /** The contested part of it, without sign, above 0. */
  contested: bigint;
  /** Whether the line itself is disputed, or a bucket of the bytes that it charges. */
  about: 'line' | 'bucket';
}

/**
 * What is withheld of one line by the disputes about it, without sign: never more than was charged, and the
 * same money once. Buckets add up, since they are different bytes; claims about the line as a whole cover
 * each other and those buckets, so the largest counts.
 */
export function withheldOfLine(
  charged: bigint,
  claims: readonly Pick<LineClaim, 'contested' | 'about'>[],
): bigint {
  let ofBuckets = 0n;
  let ofLine = 0n;
  for (const { contested, about } of claims) {
    if (about === 'bucket') ofBuckets += contested;
    else if (contested > ofLine) ofLine = contested;
  }
  return smaller(charged < 0n ? -charged : charged, ofBuckets > ofLine ? ofBuckets : ofLine);
}

/**
 * What each dispute withholds by itself: what its claims add to those of earlier ones. The claims are all that
 * are open on the lines concerned, in the order in which they were raised; the parts of a line add up to
 * {@link withheldOfLine}.
 */
export function withheldByDispute(claims: readonly LineClaim[]): Map<string, bigint> {
  const withheld = new Map<string, bigint>();
  for (const ofLine of claimsByLine(claims).values()) {
    let before = 0n;
    ofLine.forEach(({ disputeId, charged }, index) => {
      const after = withheldOfLine(charged, ofLine.slice(0, index + 1));
      withheld.set(disputeId, (withheld.get(disputeId) ?? 0n) + after - before);
      before = after;
    });
  }
  return withheld;
}

/** What is withheld of each line of which open claims contest a part, with the sign of its charge. */
export function withheldByLine(claims: readonly LineClaim[]): Map<string, bigint> {
  return new Map(
    [...claimsByLine(claims)].map(([lineId, ofLine]) => {
      const { charged } = ofLine[0]!;
      const amount = withheldOfLine(charged, ofLine);
      return [lineId, charged < 0n ? -amount : amount];
    }),
  );
}

/** How the withheld part of a line changes, with the sign of its charge: what the ledger is to move. */
export interface WithheldChange {
  lineId: string;
  amount: bigint;
}

/** What a step changes, from the claims that are open before it to those that are open after it. */
export function withheldChanges(before: readonly LineClaim[], after: readonly LineClaim[]): WithheldChange[] {
  const [old, now] = [claimsByLine(before), claimsByLine(after)];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((lineId) => {
    const charged = (now.get(lineId) ?? old.get(lineId))![0]!.charged;
    const change =
      withheldOfLine(charged, now.get(lineId) ?? []) - withheldOfLine(charged, old.get(lineId) ?? []);
    return change === 0n ? [] : [{ lineId, amount: charged < 0n ? -change : change }];
  });
}

function claimsByLine(claims: readonly LineClaim[]): Map<string, LineClaim[]> {
  const lines = new Map<string, LineClaim[]>();
  for (const claim of claims) {
    const known = lines.get(claim.lineId);
    if (known) known.push(claim);
    else lines.set(claim.lineId, [claim]);
  }
  return lines;
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
