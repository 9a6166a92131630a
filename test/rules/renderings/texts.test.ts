import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { creditsCsv } from '../../../src/renderings/rules/credit-texts.js';
import { renderCsv, renderJson } from '../../../src/renderings/rules/statement-texts.js';
import type { StatementModel } from '../../../src/renderings/rules/statement-model.js';
import { creditView, type CreditView } from '../../../src/settlement/rules/credit-view.js';
import { issuedStatement } from '../../../src/settlement/rules/issued-statement.js';
import { sealStatement, statementDocument } from '../../../src/settlement/rules/statement-document.js';
import type { CreditRow } from '../../../src/settlement/sql/list-credits.js';
import { input, rated, terms } from '../settlement/support.js';

const modelOf = (statement: StatementModel['statement']): StatementModel => ({
  statement,
  parties: {
    A: { code: 'alpha', name: 'Alpha', asns: [64500], billingCurrency: 'USD' },
    B: { code: 'beta', name: 'Beta', asns: [64501], billingCurrency: 'USD' },
  },
  days: [],
});

function issued() {
  const of = terms({
    directions: {
      aToB: {
        pricing: {
          model: 'graduated',
          unit: 'GB',
          tiers: [
            { upTo: '10', unitPrice: '0.02', flatFee: '5.00' },
            { upTo: null, unitPrice: '0.015' },
          ],
        },
      },
    },
    commitments: [{ party: 'B', amount: '3.00' }],
  });
  const document = statementDocument(
    input({ version: { number: 3, terms: of }, rating: rated(of, 30n * 10n ** 9n) }),
  );
  const { sha256 } = sealStatement(document);
  const lineIds = document.lines.map((_, index) => `line-${index}`);
  return { document, sha256, statement: issuedStatement(document, { id: 'statement-1', lineIds, sha256 }) };
}

describe('the JSON of a statement', () => {
  test('has its ids and hash, and without them is what the hash covers', () => {
    const { statement, sha256, document } = issued();
    const read = JSON.parse(renderJson(modelOf(statement)).toString('utf8')) as typeof statement;
    expect(read.id).toBe('statement-1');
    expect(read.sha256).toBe(sha256);
    expect(read.lines.map(({ id }) => id)).toEqual(document.lines.map((_, index) => `line-${index}`));

    const { id: _, sha256: __, lines, ...rest } = read;
    const covered = { ...rest, lines: lines.map(({ id: ___, ...line }) => line) };
    expect(covered).toEqual(document);
    const { text } = sealStatement(covered);
    expect(createHash('sha256').update(text).digest('hex')).toBe(sha256);
  });

  test('is the same bytes each time, whatever the order of its members', () => {
    const { statement } = issued();
    const turned = Object.fromEntries(Object.entries(statement).reverse()) as typeof statement;
    expect(renderJson(modelOf(turned)).equals(renderJson(modelOf(statement)))).toBe(true);
  });
});

test('the CSV of a statement: its lines, in RFC 4180', () => {
  expect(renderCsv(modelOf(issued().statement)).toString('utf8')).toBe(
    [
      'number,agreement,period,id,kind,direction,version,tier,bytes,quantity,unit,unitPrice,amount,payer,payee,currency,originalPeriod,cause,reference',
      'alpha-beta-0001,alpha-beta,2026-10,line-0,usage,aToB,3,1,10000000000,10,GB,0.02,0.20,alpha,beta,USD,,,',
      'alpha-beta-0001,alpha-beta,2026-10,line-1,usage,aToB,3,2,20000000000,20,GB,0.015,0.30,alpha,beta,USD,,,',
      'alpha-beta-0001,alpha-beta,2026-10,line-2,flat_fee,aToB,3,1,,1,flat,5.00,5.00,alpha,beta,USD,,,',
      'alpha-beta-0001,alpha-beta,2026-10,line-3,true_up,,3,,,3,USD,1,3.00,beta,alpha,USD,,,',
      '',
    ].join('\r\n'),
  );
});

test('a statement without lines has a header', () => {
  const { statement } = issued();
  const text = renderCsv(modelOf({ ...statement, lines: [] })).toString('utf8');
  expect(text).toMatch(/^number,agreement,[^\n]*,reference\r\n$/);
});

function row(change: Partial<CreditRow> = {}): CreditRow {
  return {
    position: 1,
    id: 'credit-1',
    customer: 'acme',
    direction: 'aToB',
    side: 'egress',
    bytes: '10000000000000',
    unit: 'GB',
    unitPrice: '0.22',
    priceFrom: new Date('2026-01-01T00:00:00Z'),
    region: 'eu',
    amount: '220000',
    currency: 'USD',
    period: '2026-10',
    refersTo: null,
    ...change,
  };
}

describe('a credit', () => {
  test('as its provider sees it', () => {
    expect(creditView(row(), 'alpha')).toEqual({
      id: 'credit-1',
      provider: 'alpha',
      customer: 'acme',
      direction: 'aToB',
      side: 'egress',
      bytes: '10000000000000',
      unit: 'GB',
      unitPrice: '0.22',
      priceFrom: '2026-01-01T00:00:00Z',
      region: 'eu',
      amount: '2200.00',
      currency: 'USD',
      state: 'credited',
      period: '2026-10',
      refersTo: null,
    });
  });

  test('without a price waits for one', () => {
    const none = { unitPrice: null, priceFrom: null, region: null, amount: null };
    expect(creditView(row(none), 'alpha')).toMatchObject({ ...none, state: 'unpriced' });
  });

  test.each([
    ['JPY', '5', '5'],
    ['USD', '5', '0.05'],
    ['BHD', '5', '0.005'],
    ['USD', '0', '0.00'],
    ['USD', '-5', '-0.05'],
    ['USD', '922337203685477580700', '9223372036854775807.00'],
  ])('in %s: %s minor units are %s', (currency, amount, shown) => {
    expect(creditView(row({ currency, amount }), 'alpha')).toMatchObject({
      amount: shown,
      state: 'credited',
    });
  });
});

/** The cells of the credits as a spreadsheet reads them. */
function cells(change: Partial<CreditRow>): Record<keyof CreditView, string> {
  const text = creditsCsv([creditView(row(change), 'alpha')], true);
  return parse<Record<keyof CreditView, string>>(text, { columns: true })[0]!;
}

describe('the CSV of credits', () => {
  test('has a header once, and ends its lines as RFC 4180 says', () => {
    const view = creditView(row(), 'alpha');
    const header =
      'id,provider,customer,direction,side,bytes,unit,unitPrice,priceFrom,region,amount,currency,state,period,refersTo\r\n';
    const line =
      'credit-1,alpha,acme,aToB,egress,10000000000000,GB,0.22,2026-01-01T00:00:00Z,eu,2200.00,USD,credited,2026-10,\r\n';
    expect(creditsCsv([view, view], true) + creditsCsv([view], false)).toBe(header + line + line + line);
    expect(creditsCsv([], true)).toBe(header);
    expect(creditsCsv([], false)).toBe('');
  });

  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '=HYPERLINK("http://x","y")', '\t=1', '\r=1'])(
    'lets no text of a provider be a formula: %j',
    (text) => {
      expect(cells({ customer: text }).customer).toBe(`'${text}`);
      expect(cells({ region: text }).region).toBe(`'${text}`);
    },
  );

  test.each(['acme', 'a=1', 'a-b', '1-2', 'Zürich', 'a,b', 'say "hi"', 'a;b'])(
    'leaves %j as it is',
    (text) => {
      expect(cells({ customer: text }).customer).toBe(text);
      expect(cells({ region: text }).region).toBe(text);
    },
  );

  test('what is not there is empty, and a negative amount stays a number', () => {
    expect(cells({ region: null, priceFrom: null }).region).toBe('');
    expect(cells({ amount: '-5' }).amount).toBe('-0.05');
  });
});
