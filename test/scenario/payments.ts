import { expect } from '@jest/globals';
import { centsOf } from './oracle/fraction.js';
import type { Peering } from './peering.js';

/** In part: to the oldest, to a certain statement, by the operator's word; one unsaid, some taken back. */
export async function payWithNetting(peering: Peering): Promise<void> {
  const [october, november] = peering.statements;
  for (const statement of [october, november]) await peering.accept(statement);
  const states = (): Promise<string[]> =>
    Promise.all([october, november].map((each) => peering.stateOf(each)));
  // The first payment offsets what they owe each other.
  await peering.pay('A', 10_000n);
  expect(await peering.position('A')).toMatchObject({ payable: peering.books.owed, receivable: 0n });
  expect(await states()).toEqual(['accepted', 'accepted']);
  // As told, the later one is paid, and the older one is not; without that payment neither is.
  const whole = centsOf(november.payableByA);
  const bounced = await peering.pay('A', whole, { statements: [november.id] });
  expect(await states()).toEqual(['accepted', 'settled']);
  await peering.takeBack('A', bounced, whole);
  expect(await states()).toEqual(['accepted', 'accepted']);
  await peering.pay('A', whole, { statements: [november.id] });
  await peering.pay('A', 12_345n, { statements: [november.id, october.id] });
  expect(await states()).toEqual(['accepted', 'settled']);
  await peering.pay('B', 1n, { by: 'operator' });
  await peering.announce('A', 9_999_999n);
  const returned = await peering.pay('A', 20_000n);
  await peering.takeBack('A', returned, 20_000n);
  // The oldest is paid at last, by what names nothing.
  await peering.pay('A', centsOf(october.payableByA));
  expect(await states()).toEqual(['settled', 'settled']);
}

/** Both owe each other, and a payment of one leaves what the other owes as it was. */
export async function payWithoutNetting(peering: Peering): Promise<void> {
  const before = await peering.position('B');
  expect(before.receivable).toBeGreaterThan(0n);
  await peering.pay('B', 10_000n);
  expect(await peering.position('B')).toEqual({ ...before, payable: before.payable - 10_000n });
}

/** More than all that is owed: every accepted statement is settled, and what is left opens the next one. */
export async function payTooMuch(peering: Peering): Promise<void> {
  const tooMuch = 77_700n;
  // Money goes to the oldest first, so of the latest nothing is paid yet.
  const latest = peering.statements.at(-1);
  await peering.accept(latest);
  expect(await peering.stateOf(latest)).toBe('accepted');
  const { owed } = peering.books;
  const payer = owed > 0n ? 'A' : 'B';
  await peering.pay(payer, (owed > 0n ? owed : -owed) + tooMuch);
  expect(await peering.stateOf(latest)).toBe('settled');
  expect(await peering.position(payer)).toMatchObject({ payable: -tooMuch, receivable: 0n });
}
