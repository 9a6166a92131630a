/** An exact number. */
export interface Fraction {
  over: bigint;
  /** Above 0. */
  under: bigint;
}

export function fraction(over: bigint, under = 1n): Fraction {
  return under < 0n ? { over: -over, under: -under } : { over, under };
}

/** Of a plain decimal such as "0.015" or "-2". */
export function decimal(text: string): Fraction {
  const [whole = '', decimals = ''] = text.split('.');
  return fraction(BigInt(whole + decimals), 10n ** BigInt(decimals.length));
}

export function plus(a: Fraction, b: Fraction): Fraction {
  return fraction(a.over * b.under + b.over * a.under, a.under * b.under);
}

export function minus(a: Fraction, b: Fraction): Fraction {
  return plus(a, fraction(-b.over, b.under));
}

export function times(a: Fraction, b: Fraction): Fraction {
  return fraction(a.over * b.over, a.under * b.under);
}

/** Below 0, 0 or above 0, as a is less than, the same as or more than b. */
export function compareFractions(a: Fraction, b: Fraction): number {
  const difference = a.over * b.under - b.over * a.under;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The whole number next to it, halves away from zero. */
export function rounded({ over, under }: Fraction): bigint {
  const size = over < 0n ? -over : over;
  const whole = (2n * size + under) / (2n * under);
  return over < 0n ? -whole : whole;
}

/** The whole number not above it; for what is not negative. */
export function floored({ over, under }: Fraction): bigint {
  return over / under;
}

/** Minor units of a currency, rounded once: cents where it has two decimals. */
export function cents(amount: Fraction, decimals = 2): bigint {
  return rounded(times(amount, fraction(10n ** BigInt(decimals))));
}

/** Minor units of an amount's text. */
export function centsOf(text: string, decimals = 2): bigint {
  return cents(decimal(text), decimals);
}

/** The text of minor units. */
export function money(amount: bigint, decimals = 2): string {
  const digits = String(amount < 0n ? -amount : amount).padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const text = decimals === 0 ? whole : `${whole}.${digits.slice(-decimals)}`;
  return amount < 0n ? `-${text}` : text;
}
