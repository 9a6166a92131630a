import { formatAmount, formatDecimal, multiply, parseAmount, rational } from '../money/index.js';
import type { Credit, FlowDirection } from './answers.js';
import { sumOf } from './focus-rows.js';
import { SCALE, SEED, type RealBill } from './real-bill.js';
import type { CloudOutcome, Outcome } from './settle.js';
import { cut, paragraph, table } from './table.js';

const CREDITS_SHOWN = 8;
const CUSTOMER_WIDTH = 28;

/** How the rows of the bill became reports, and how the other side's were made. */
export function reportSource({ bill, days, peering }: RealBill): string[] {
  const { taken, leftOut } = bill;
  const egress = taken.filter(({ direction }) => direction === 'egress');
  const farEnds = (farEnd: string): number => taken.filter((row) => row.farEnd === farEnd).length;
  const figure = (of: string[], decimals: number): string => formatDecimal(sumOf(of), decimals);
  const quantities = egress.map(({ quantity }) => quantity);
  const costs = egress.map(({ listCost }) => listCost);
  return [
    ...paragraph(`${bill.transferRows} of the bill's ${bill.rows} rows are data transfer:`),
    '',
    ...table(
      ['right', 'left'],
      [
        ['Rows', 'What became of them'],
        [String(egress.length), 'egress ("out", "to"): reported'],
        [String(taken.length - egress.length), 'ingress ("in", "from"): reported'],
        [String(leftOut.within_one_cloud), 'left out: within one cloud ("regional", "inter-region")'],
        [String(leftOut.unclear_direction), 'left out: of unclear direction'],
        [String(leftOut.negative), 'left out: negative'],
      ],
    ),
    '',
    ...paragraph(
      `The egress is ${figure(quantities, 12)} GB worth ${figure(costs, 12)} USD, that is about ` +
        `${figure(quantities, 1)} GB and ${formatDecimal(multiply(sumOf(costs), rational(100n)), 0)} cents. ` +
        `Every byte count is multiplied by ${SCALE}.`,
    ),
    ...paragraph(
      `${farEnds('region')} reported rows name a second region and ${farEnds('cdn')} a content network as ` +
        "their far end. In the bill it is the same provider's; here it stands for the other cloud.",
    ),
    ...paragraph(
      `The other side's reports are made from these, with disagreements drawn from the seed "${SEED}". Of ` +
        `${Object.values(days).reduce((sum, count) => sum + count, 0)} days (each direction apart) ` +
        `${days.equal} are equal, ${days.noise} have noise of at most 900 ppm in every record, ` +
        `${days.wrong_bytes} have a record that is 5 to 30 % off, ${days.lost_record} lack their largest ` +
        `record, and ${days.missing} are missing: ${peering.reports.A.length} records against ` +
        `${peering.reports.B.length}.`,
    ),
    '',
  ];
}

/** Everything that came of a settled period. */
export function reportOutcome(outcome: Outcome): string[] {
  const { clouds, statement } = outcome;
  return [
    '',
    ...reportReconciliation(outcome),
    '',
    ...reportStatement(outcome),
    '',
    ...reportCredits(clouds.A),
    '',
    ...reportCredits(clouds.B),
    '',
    ...reportBalances(outcome),
    '',
    ...[clouds.A, clouds.B].map(
      ({ cloud, totals }) => `  ${cloud} credits its customers ${totals.amount} ${totals.currency}`,
    ),
    `  customers saved ${saved(outcome)} ${statement.currency}`,
    `  inter-cloud net ${statement.net.amount} ${statement.currency}${payment(outcome)}`,
  ];
}

function reportReconciliation({ reconciliation, statement }: Outcome): string[] {
  const { bucket, counts, directions, flags } = reconciliation;
  const flow = (direction: FlowDirection): string[] => {
    const { senderBytes, receiverBytes, settledBytes, discrepancyBytes } = directions[direction];
    return [nameOf(direction, statement), senderBytes, receiverBytes, settledBytes, discrepancyBytes];
  };
  return [
    `  Reconciliation by status, compared by the ${bucket}${flags.length > 0 ? `; hints: ${flags.join(', ')}` : ''}`,
    ...table(
      ['left', 'right'],
      [['status', 'buckets'], ...Object.entries(counts).map(([status, count]) => [status, String(count)])],
    ),
    '',
    ...table(
      ['left', 'right', 'right', 'right', 'right'],
      [['bytes', 'sender', 'receiver', 'settled', 'discrepancy'], flow('aToB'), flow('bToA')],
    ),
  ];
}

function reportStatement({ statement }: Outcome): string[] {
  const { currency, lines, partyA, partyB, payableByA, payableByB, settledBytes, zeroRatedBytes } = statement;
  const shown = lines.map(({ kind, direction, quantity, unit, unitPrice, amount, payer }) => [
    kind,
    direction === null ? 'both' : nameOf(direction as FlowDirection, statement),
    `${quantity} ${unit}`,
    unitPrice,
    amount,
    payer,
  ]);
  return [
    `  Statement ${statement.number}, sha256 ${statement.sha256.slice(0, 16)}...`,
    ...(['aToB', 'bToA'] as const).map(
      (direction) =>
        `  ${nameOf(direction, statement)}: ${settledBytes[direction]} bytes settled, ` +
        `${zeroRatedBytes[direction]} zero-rated`,
    ),
    ...(lines.length === 0
      ? ['  No lines: all of the traffic is zero-rated, and neither cloud pays the other.']
      : [
          '',
          ...table(
            ['left', 'left', 'right', 'right', 'right', 'left'],
            [['line', 'direction', 'quantity', 'price', 'amount', 'payer'], ...shown],
          ),
        ]),
    '',
    `  ${partyA} pays ${payableByA} ${currency}, ${partyB} pays ${payableByB} ${currency}`,
  ];
}

function reportCredits({ cloud, credits, totals }: CloudOutcome): string[] {
  const largest = [...credits].sort((a, b) => compareAmounts(b, a)).slice(0, CREDITS_SHOWN);
  const which = credits.length > largest.length ? `, the ${largest.length} largest` : '';
  const unpriced = totals.unpricedBytes === '0' ? '' : `, ${totals.unpricedBytes} bytes without a price`;
  return [
    `  Credits of ${cloud}: ${totals.count} for ${totals.bytes} bytes${unpriced}${which}`,
    ...table(
      ['left', 'left', 'right', 'right', 'right'],
      [
        ['customer', 'side', 'bytes', 'price', 'amount'],
        ...largest.map(({ customer, side, bytes, unit, unitPrice, amount }) => [
          cut(customer, CUSTOMER_WIDTH),
          side,
          bytes,
          unitPrice === null ? 'none' : `${unitPrice}/${unit}`,
          amount ?? 'later',
        ]),
        ['total', '', totals.bytes, '', totals.amount],
      ],
    ),
  ];
}

function reportBalances({ clouds }: Outcome): string[] {
  const both = [clouds.A, clouds.B];
  return [
    '  Balances, each in its own book',
    ...table(
      ['left', 'left', 'right', 'right', 'right', 'right', 'right'],
      [
        ['book of', 'against', 'receivable', 'payable', 'net', 'credits given', 'entries'],
        ...both.flatMap(({ balances, entries }) =>
          balances.map(({ provider, counterparty, receivable, payable, net, creditsGiven }) => [
            provider,
            counterparty,
            receivable,
            payable,
            net,
            creditsGiven,
            String(entries),
          ]),
        ),
      ],
    ),
  ];
}

function saved({ clouds, statement: { currency } }: Outcome): string {
  const amounts = [clouds.A, clouds.B].map(({ totals }) => parseAmount(totals.amount, currency));
  return formatAmount(
    amounts.reduce((sum, amount) => sum + amount, 0n),
    currency,
  );
}

function payment({ statement: { net } }: Outcome): string {
  return net.payer === null ? '' : `, which ${net.payer} pays to ${net.payee}`;
}

function nameOf(direction: FlowDirection, { partyA, partyB }: { partyA: string; partyB: string }): string {
  return `from ${direction === 'aToB' ? partyA : partyB}`;
}

function compareAmounts(a: Credit, b: Credit): number {
  const [left, right] = [a, b].map(({ amount, currency }) => parseAmount(amount ?? '0', currency)) as [
    bigint,
    bigint,
  ];
  return left < right ? -1 : left > right ? 1 : 0;
}
