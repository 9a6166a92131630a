import { checkPayment, type PaymentInput } from '../../../src/payments/rules/check-payment.js';

const NOW = Date.UTC(2026, 10, 6);
const agreement = {
  currency: 'JPY',
  partyA: { code: 'alpha' },
  partyB: { code: 'beta' },
  statementIds: ['s1', 's2'],
};
const sound: PaymentInput = {
  payer: 'beta',
  amount: '1000',
  currency: 'JPY',
  paidAt: NOW,
  statements: ['s2'],
};

describe('checkPayment', () => {
  test('a sound one', () => expect(checkPayment(sound, agreement, NOW)).toEqual([]));

  test.each<[Partial<PaymentInput>, string, string]>([
    [{ payer: 'gamma' }, '/payer', 'not_a_party'],
    [{ currency: 'USD' }, '/currency', 'currency_mismatch'],
    [{ amount: '0' }, '/amount', 'invalid_amount'],
    [{ amount: '-5' }, '/amount', 'invalid_amount'],
    [{ amount: '5.50' }, '/amount', 'invalid_amount'],
    [{ amount: 'much' }, '/amount', 'invalid_amount'],
    [{ amount: '9'.repeat(60) }, '/amount', 'invalid_amount'],
    [{ paidAt: NOW + 5 * 60_000 + 1 }, '/paidAt', 'in_future'],
    [{ statements: ['s1', 's3'] }, '/statements/1', 'unknown_statement'],
  ])('%j', (change, pointer, code) => {
    const mistakes = checkPayment({ ...sound, ...change }, agreement, NOW);
    expect(mistakes).toEqual([{ pointer, code, detail: expect.any(String) }]);
  });

  test('says of an amount what would be right in its currency', () => {
    const detailOf = (currency: string) =>
      checkPayment({ ...sound, currency, amount: 'much' }, { ...agreement, currency }, NOW)[0]!.detail;
    expect(detailOf('USD')).toBe(
      'The amount must be above 0, of at most 30 digits, with at most 2 decimals, such as 1000.00.',
    );
    expect(detailOf('JPY')).toBe(
      'The amount must be above 0, of at most 30 digits, without decimals, such as 1000.',
    );
  });

  test('clocks may differ by five minutes', () =>
    expect(checkPayment({ ...sound, paidAt: NOW + 5 * 60_000 }, agreement, NOW)).toEqual([]));
});
