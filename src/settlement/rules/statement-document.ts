import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Agreement, FlowDirection, Side, Terms } from '../../agreements/index.js';
import { formatAmount } from '../../money/index.js';
import {
  cutOffOf,
  endOfLocalDayAfter,
  formatInstant,
  formatLocal,
  periodBounds,
  type Instant,
} from '../../period/index.js';
import type { LineKind, RatedLine, Rating } from '../../rating/index.js';
import type { BucketStatus, DirectionTotals } from '../../reconciliation/index.js';
import type { AdjustmentCause, AdjustmentLine } from './adjustments.js';

/** Everything a statement is made of. */
export interface StatementInput {
  agreement: Agreement;
  sequence: number;
  period: string;
  version: { number: number; terms: Terms };
  totals: Record<FlowDirection, DirectionTotals>;
  bucketCounts: Record<BucketStatus, number>;
  /** Records that count, of each party. */
  recordCounts: Record<Side, number>;
  settledBytes: Record<FlowDirection, bigint>;
  rating: Rating;
  /** What it carries of issued periods. */
  adjustments: readonly AdjustmentLine[];
  /** Not part of the document: issued periods whose credits change. */
  restated: readonly { period: string; rating: Rating }[];
  openDisputes: readonly OpenDispute[];
  issuedAt: Instant;
  previous: { sha256: string; closingBalance: bigint } | null;
  /** What the parties paid since the previous statement: positive where A paid B. */
  paymentsSince: bigint;
}

/** One charge as a statement shows it; `id` is given when it is issued and not part of the hash. */
export interface StatementLine {
  kind: RatedLine['kind'] | 'adjustment';
  direction: FlowDirection | null;
  version: number;
  tier: number | null;
  bytes: string | null;
  quantity: string;
  unit: string;
  unitPrice: string;
  amount: string;
  payer: string;
  payee: string;
  /** These on an adjustment only, whose figures are signed. */
  originalPeriod?: string;
  /** The kind of the line that changes; null for money conceded in a dispute. */
  originalKind?: LineKind | null;
  cause?: AdjustmentCause;
  /** Number of the statement that is adjusted, or id of the dispute. */
  reference?: string;
}

/** A dispute of the agreement that is open when a statement is issued; amounts in minor units. */
export interface OpenDispute {
  id: string;
  state: string;
  /** Number of the statement that it is about; null where its period was not issued. */
  statement: string | null;
  period: string;
  reason: string;
  /** Code of the party. */
  raisedBy: string;
  disputedAmount: bigint;
  withheldAmount: bigint;
}

/** The same as a statement shows it. */
export type OpenDisputeEntry = Omit<OpenDispute, 'disputedAmount' | 'withheldAmount'> & {
  disputedAmount: string;
  withheldAmount: string;
};

/** The rating of what has no charges. */
export const NOTHING_RATED: Rating = {
  zeroRatedBytes: { aToB: 0n, bToA: 0n },
  lines: [],
  payableByA: 0n,
  payableByB: 0n,
  net: { amount: 0n, payer: null, payee: null },
};

/** The part of a statement that its hash covers (domain contract, section 9). */
export interface StatementDocument {
  number: string;
  agreement: string;
  version: number;
  period: string;
  periodStart: string;
  periodEnd: string;
  periodStartLocal: string;
  periodEndLocal: string;
  timezone: string;
  cutOff: string;
  issuedAt: string;
  acceptanceDue: string;
  paymentDue: string;
  disputableUntil: string;
  currency: string;
  partyA: string;
  partyB: string;
  declaredBytes: Record<FlowDirection, { sender: string; receiver: string; difference: string }>;
  settledBytes: Record<FlowDirection, string>;
  discrepancyBytes: Record<FlowDirection, string>;
  zeroRatedBytes: Record<FlowDirection, string>;
  rules: Terms['reconciliation'];
  lines: StatementLine[];
  openDisputes: OpenDisputeEntry[];
  payableByA: string;
  payableByB: string;
  net: { amount: string; payer: string | null; payee: string | null };
  openingBalance: string;
  paymentsSince: string;
  closingBalance: string;
  counts: { records: Record<string, number>; buckets: Record<BucketStatus, number> };
  previousSha256: string | null;
  notice: string;
}

const NOTICE = 'This statement settles traffic between its parties. It is not a tax invoice.';

/** Composes a statement. Balances are signed, positive where A owes B. */
export function statementDocument(input: StatementInput): StatementDocument {
  const { agreement, period, version, rating, issuedAt } = input;
  const { timezone, currency } = agreement;
  const { start, end } = periodBounds(period, timezone);
  const { days } = version.terms;
  const dueIn = (count: number): string => formatInstant(endOfLocalDayAfter(issuedAt, count, timezone));
  return {
    number: `${agreement.code}-${String(input.sequence).padStart(4, '0')}`,
    agreement: agreement.code,
    version: version.number,
    period,
    periodStart: formatInstant(start),
    periodEnd: formatInstant(end),
    periodStartLocal: formatLocal(start, timezone),
    periodEndLocal: formatLocal(end, timezone),
    timezone,
    cutOff: formatInstant(cutOffOf(period, days.cutOff, timezone)),
    issuedAt: formatInstant(issuedAt),
    acceptanceDue: dueIn(days.acceptance),
    paymentDue: dueIn(days.payment),
    disputableUntil: dueIn(days.disputeWindow),
    currency,
    partyA: agreement.partyA.code,
    partyB: agreement.partyB.code,
    ...trafficPart(input),
    rules: version.terms.reconciliation,
    lines: [
      ...rating.lines.map((line) => statementLine(line, agreement, version.number)),
      ...input.adjustments.map((line) => adjustmentLine(line, agreement)),
    ],
    openDisputes: input.openDisputes.map((dispute) => ({
      ...dispute,
      disputedAmount: formatAmount(dispute.disputedAmount, currency),
      withheldAmount: formatAmount(dispute.withheldAmount, currency),
    })),
    ...moneyPart(input),
    counts: {
      records: {
        [agreement.partyA.code]: input.recordCounts.A,
        [agreement.partyB.code]: input.recordCounts.B,
      },
      buckets: input.bucketCounts,
    },
    previousSha256: input.previous?.sha256 ?? null,
    notice: NOTICE,
  };
}

/** What A owes B after the statement, in minor units; negative where B owes A. */
export function closingBalance(input: StatementInput): bigint {
  const { A, B } = payable(input);
  return (input.previous?.closingBalance ?? 0n) + A - B - input.paymentsSince;
}

/** What each party pays by the statement's lines and adjustments; a fall of earlier charges may make it negative. */
export function payable({ rating, adjustments }: StatementInput): Record<Side, bigint> {
  const sums = { A: rating.payableByA, B: rating.payableByB };
  for (const { payer, amount } of adjustments) sums[payer] += amount;
  return sums;
}

/** The canonical text of a document (RFC 8785) and its SHA-256 in hex. */
export function sealStatement(document: StatementDocument): { text: string; sha256: string } {
  const text = canonicalize(document)!;
  return { text, sha256: createHash('sha256').update(text).digest('hex') };
}

function trafficPart(
  input: StatementInput,
): Pick<StatementDocument, 'declaredBytes' | 'settledBytes' | 'discrepancyBytes' | 'zeroRatedBytes'> {
  const declared = ({ senderBytes, receiverBytes }: DirectionTotals): Record<string, string> => ({
    sender: String(senderBytes),
    receiver: String(receiverBytes),
    difference: String(senderBytes - receiverBytes),
  });
  return {
    declaredBytes: byFlow((direction) =>
      declared(input.totals[direction]),
    ) as StatementDocument['declaredBytes'],
    settledBytes: byFlow((direction) => String(input.settledBytes[direction])),
    discrepancyBytes: byFlow((direction) => String(input.totals[direction].discrepancyBytes)),
    zeroRatedBytes: byFlow((direction) => String(input.rating.zeroRatedBytes[direction])),
  };
}

function moneyPart(
  input: StatementInput,
): Pick<
  StatementDocument,
  'payableByA' | 'payableByB' | 'net' | 'openingBalance' | 'paymentsSince' | 'closingBalance'
> {
  const { agreement, previous, paymentsSince } = input;
  const money = (amount: bigint): string => formatAmount(amount, agreement.currency);
  const { A, B } = payable(input);
  const { partyA, partyB } = agreement;
  const [payer, payee] = A > B ? [partyA.code, partyB.code] : [partyB.code, partyA.code];
  return {
    payableByA: money(A),
    payableByB: money(B),
    net:
      A === B
        ? { amount: money(0n), payer: null, payee: null }
        : { amount: money(A > B ? A - B : B - A), payer, payee },
    openingBalance: money(previous?.closingBalance ?? 0n),
    paymentsSince: money(paymentsSince),
    closingBalance: money(closingBalance(input)),
  };
}

/** A rated line as statements show it; of a simulation no version makes it. */
export function statementLine(line: RatedLine, agreement: Agreement, version: number): StatementLine;
export function statementLine(
  line: RatedLine,
  agreement: Agreement,
  version: number | null,
): Omit<StatementLine, 'version'> & { version: number | null };
export function statementLine(
  line: RatedLine,
  agreement: Agreement,
  version: number | null,
): Omit<StatementLine, 'version'> & { version: number | null } {
  const { kind, direction, tier, bytes, quantity, unit, unitPrice, amount, payer, payee } = line;
  return {
    kind,
    direction,
    version,
    tier,
    bytes: bytes === null ? null : String(bytes),
    quantity,
    unit,
    unitPrice,
    amount: formatAmount(amount, agreement.currency),
    payer: partyCode(agreement, payer),
    payee: partyCode(agreement, payee),
  };
}

/** An adjustment as statements show it. */
function adjustmentLine(
  { kind, originalPeriod, originalKind, cause, reference, version, ...figures }: AdjustmentLine,
  agreement: Agreement,
): StatementLine {
  const line = statementLine({ ...figures, kind: originalKind ?? 'usage' }, agreement, version);
  return { ...line, kind, originalPeriod, originalKind, cause, reference };
}

/** The code of a party. */
export function partyCode(agreement: Agreement, side: Side): string {
  return (side === 'A' ? agreement.partyA : agreement.partyB).code;
}

function byFlow<Value>(of: (direction: FlowDirection) => Value): Record<FlowDirection, Value> {
  return { aToB: of('aToB'), bToA: of('bToA') };
}
