import { currencyExponent, isDecimal, parseAmount } from '../../money/index.js';
import { formatInstant, type Instant } from '../../period/index.js';

/** A payment as it is recorded, before it is known to make sense. */
export interface PaymentInput {
  payer: string;
  amount: string;
  currency: string;
  paidAt: Instant;
  statements: readonly string[];
}

/** What of the agreement a payment is held against. */
export interface PayableAgreement {
  currency: string;
  partyA: { code: string };
  partyB: { code: string };
  /** Ids of its statements that are not void. */
  statementIds: readonly string[];
}

/** Where a payment makes no sense, and what would be right. */
export interface PaymentMistake {
  pointer: string;
  code: string;
  detail: string;
}

/** Clocks differ a little; the future is not paid yet. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;

/** What is wrong with a payment of an agreement (domain contract, section 11). Empty where it makes sense. */
export function checkPayment(
  { payer, amount, currency, paidAt, statements }: PaymentInput,
  agreement: PayableAgreement,
  now: Instant,
): PaymentMistake[] {
  const mistakes: PaymentMistake[] = [];
  const add = (pointer: string, code: string, detail: string): void =>
    void mistakes.push({ pointer, code, detail });
  const { partyA, partyB } = agreement;
  if (![partyA.code, partyB.code].includes(payer))
    add('/payer', 'not_a_party', `The payer must be ${partyA.code} or ${partyB.code}.`);
  if (currency !== agreement.currency)
    add('/currency', 'currency_mismatch', `The agreement is settled in ${agreement.currency}.`);
  if (!isAmount(amount, agreement.currency))
    add('/amount', 'invalid_amount', amountExpected(agreement.currency));
  if (paidAt > now + CLOCK_TOLERANCE_MS)
    add('/paidAt', 'in_future', `paidAt must not be later than now, which is ${formatInstant(now)}.`);
  statements.forEach((id, index) => {
    if (!agreement.statementIds.includes(id))
      add(
        `/statements/${index}`,
        'unknown_statement',
        'This is no statement of the agreement, or it is void.',
      );
  });
  return mistakes;
}

function isAmount(text: string, currency: string): boolean {
  return isDecimal(text, { maxDecimals: currencyExponent(currency) }) && parseAmount(text, currency) > 0n;
}

function amountExpected(currency: string): string {
  const exponent = currencyExponent(currency);
  const decimals = exponent === 0 ? 'without decimals' : `with at most ${exponent} decimals`;
  const example = exponent === 0 ? '1000' : `1000.${'0'.repeat(exponent)}`;
  return `The amount must be above 0, of at most 30 digits, ${decimals}, such as ${example}.`;
}
